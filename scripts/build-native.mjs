/**
 * Builds the native runner where there is a C compiler and make. Without them the TypeScript runner
 * serves, which gives a command no terminal and no limits; so that is said, and is no error.
 */
import { read, run, say } from './run.mjs';

if (read(['make', '--version']) && read(['cc', '--version'])) {
  if (!run(['make', '--no-print-directory', '-s', '-C', 'native'])) process.exit(1);
} else {
  say('no C compiler or make: the native runner is not built, and dshexec needs Node.js');
}
