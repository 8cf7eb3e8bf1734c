/** Running other programs from the scripts, and saying what goes on. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const projectDirectory = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Runs a command with this terminal in the project's directory; returns whether it succeeded. */
export function run(words, options = {}) {
  const [program, ...rest] = words;
  const { status, error } = spawnSync(program, rest, {
    cwd: projectDirectory,
    stdio: 'inherit',
    ...options,
  });
  if (error) say(`cannot run ${program}: ${error.message}`);
  return status === 0;
}

/** What a command prints; `undefined` when it fails. */
export function read(words) {
  const [program, ...rest] = words;
  const { status, stdout } = spawnSync(program, rest, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}

export function say(line) {
  process.stderr.write(`${line}\n`);
}
