/** `npm run demo`: on a fresh clone, installs and builds; the show itself is `lab/demo.ts`. */
import { ensureBuild } from './build.mjs';
import { say } from './run.mjs';

try {
  ensureBuild();
} catch (error) {
  say(`demo: ${error.message}`);
  process.exit(1);
}
process.argv.splice(2, Infinity, 'demo');
await import('../dist/lab.js');
