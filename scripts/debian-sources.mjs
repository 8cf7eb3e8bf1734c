/** Debian source packages that a test builds, kept in `build/sources`; fetched without root. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { projectDirectory, read, run, say } from './run.mjs';

const names = ['bash', 'lua5.4', 'zlib'];
const target = `${projectDirectory}/build/sources`;
const work = `${projectDirectory}/build/apt`;

/** Returns the names of the source packages that could not be had. */
export function ensureDebianSources() {
  const missing = missingNames();
  if (missing.length === 0 || !read(['apt-get', '--version'])) return missing;
  say(`fetching Debian sources: ${missing.join(' ')}`);
  try {
    fetchSources(missing);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return missingNames();
}

/**
 * The machine's own lists rarely name sources. Adding them there would change the machine, so apt
 * gets lists, state and cache of its own; the keys and the proxy are still the machine's.
 */
function fetchSources(missing) {
  for (const part of ['lists/partial', 'cache/archives/partial', 'sources.list.d', 'download']) {
    mkdirSync(`${work}/${part}`, { recursive: true });
  }
  copySourceLists();
  const options = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': `${work}/sources.list.d`,
    'Dir::State::lists': `${work}/lists`,
    'Dir::Cache': `${work}/cache`,
    // As root apt would fetch as the user _apt, who may not write here.
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
  };
  const apt = [
    'apt-get',
    '-q',
    ...Object.entries(options).flatMap(([k, v]) => ['-o', `${k}=${v}`]),
  ];
  const fetch = [...apt, 'source', '--download-only', ...missing];
  if (!run([...apt, 'update']) || !run(fetch, { cwd: `${work}/download` })) return;
  // A download that broke off must not be taken for a source package the next time.
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(`${work}/download`)) {
    renameSync(`${work}/download/${file}`, `${target}/${file}`);
  }
}

/** The machine's lists, with sources in the place of binaries, in both of apt's formats. */
function copySourceLists() {
  const parts = '/etc/apt/sources.list.d';
  const files = ['/etc/apt/sources.list', ...list(parts).map((name) => `${parts}/${name}`)];
  for (const [index, file] of files.entries()) {
    const text = readIfThere(file);
    const extension = /\.(list|sources)$/.exec(file)?.[0];
    if (text === undefined || extension === undefined) continue;
    const sources =
      extension === '.list'
        ? text.replace(/^deb-src.*$/gm, '').replace(/^deb(?=\s)/gm, 'deb-src')
        : text.replace(/^Types:.*$/gm, 'Types: deb-src');
    writeFileSync(`${work}/sources.list.d/${index}${extension}`, sources);
  }
}

function missingNames() {
  const files = list(target);
  return names.filter(
    (name) => !files.some((file) => file.startsWith(`${name}_`) && file.endsWith('.dsc')),
  );
}

function list(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
