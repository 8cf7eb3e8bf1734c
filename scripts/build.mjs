/** What has to be there before a program of this project can run: packages from npm, and `dist/`. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectDirectory, run, say } from './run.mjs';

/**
 * Installs the development packages where they are missing or older than package-lock.json.
 *
 * Not by `npm ci`: it insists on a lock file that names the optional packages of all platforms,
 * and ours names those of Linux. This takes the same versions, checks the same hashes, and leaves
 * the lock file alone.
 */
export function ensureNpmPackages() {
  // npm writes the hidden file when an installation is complete.
  const installed = modifiedMs('node_modules/.package-lock.json');
  if (installed >= modifiedMs('package-lock.json')) return;
  const words = ['npm', 'install', '--no-save', '--loglevel=error'];
  say(`installing npm packages: ${words.join(' ')}`);
  if (!run(words)) throw new Error('npm install failed');
}

/** Builds where a program is missing or older than a source. */
export function ensureBuild() {
  const built = Math.min(
    ...['dsh', 'dshd', 'dshexec', 'dshctl', 'lab', 'bench', 'sim', 'web/app'].map(
      programModifiedMs,
    ),
  );
  const changed = [
    ...listFiles('src'),
    ...listFiles('lab'),
    ...listFiles('bench'),
    'rolldown.config.mjs',
  ];
  if (changed.every((file) => modifiedMs(file) <= built)) return;
  ensureNpmPackages();
  say('building: npm run build');
  // The build's own report is of interest only when it fails, and then it is on stderr.
  const stdio = ['ignore', 'ignore', 'inherit'];
  if (!run(['npm', 'run', '--silent', 'build'], { stdio })) throw new Error('npm run build failed');
}

function programModifiedMs(name) {
  return modifiedMs(`dist/${name}.js`);
}

/** -Infinity where there is no such file: older than everything. */
function modifiedMs(path) {
  const status = statSync(join(projectDirectory, path), { throwIfNoEntry: false });
  return status ? status.mtimeMs : -Infinity;
}

function listFiles(directory) {
  return readdirSync(join(projectDirectory, directory), { recursive: true }).map((name) =>
    join(directory, name),
  );
}
