/** `npm run sim -- …`: builds when something has changed, then is the program `src/sim/main.ts`. */
import { ensureBuild } from './build.mjs';
import { say } from './run.mjs';

try {
  ensureBuild();
} catch (error) {
  say(`sim: ${error.message}`);
  process.exit(2);
}
await import('../dist/sim.js');
