/**
 * Builds the native programs where there is a C compiler and make. `dist/dsh`, which is what PATH is
 * to lead to, is then the native client, with nothing started in front of it. Without them it is the
 * TypeScript client, and the runner is the TypeScript one, which gives a command no terminal and no
 * limits; so that is said, and is no error.
 */
import { copyFileSync, renameSync } from 'node:fs';
import { read, run, say } from './run.mjs';

if (read(['make', '--version']) && read(['cc', '--version'])) {
  if (!run(['make', '--no-print-directory', '-s', '-C', 'native'])) process.exit(1);
  installClient('build/native/dsh');
} else {
  say('no C compiler or make: dsh and dshexec are the TypeScript ones, which need Node.js');
  installClient('dist/dsh.js');
}

/** Renamed into place, since a program that runs cannot be written. */
function installClient(program) {
  copyFileSync(program, 'dist/dsh.new');
  renameSync('dist/dsh.new', 'dist/dsh');
}
