/**
 * Builds the native programs where there is a C compiler and make. `dist/dsh`, which is what PATH is
 * to lead to, is then the native client, with nothing started in front of it, and `bin/dshexec` finds
 * the native runner beside it. Without them `dist/dsh` is the TypeScript client, and the runner is the
 * TypeScript one, which gives a command no terminal and no limits; so that is said, and is no error.
 */
import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { read, run, say } from './run.mjs';

const runner = 'dist/dshexec-serve';

if (read(['make', '--version']) && read(['cc', '--version'])) {
  if (!run(['make', '--no-print-directory', '-s', '-C', 'native'])) process.exit(1);
  installProgram('build/native/dsh', 'dist/dsh');
  installProgram('build/native/dshexec-serve', runner);
} else {
  say('no C compiler or make: dsh and dshexec are the TypeScript ones, which need Node.js');
  installProgram('dist/dsh.js', 'dist/dsh');
  rmSync(runner, { force: true });
}

/** Renamed into place, since a program that runs cannot be written. */
function installProgram(program, place) {
  copyFileSync(program, `${place}.new`);
  renameSync(`${place}.new`, place);
}
