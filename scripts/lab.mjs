/** `npm run lab -- …`: builds when something has changed, then is the program `lab/main.ts`. */
import { ensureBuild } from './build.mjs';
import { say } from './run.mjs';

try {
  ensureBuild();
} catch (error) {
  say(`lab: ${error.message}`);
  process.exit(1);
}
await import('../dist/lab.js');
