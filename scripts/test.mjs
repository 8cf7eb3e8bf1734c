/**
 * `npm test`: everything that shows that this tree works, on a machine with Node.js, npm and git.
 * Installs what is missing, as far as it may; what cannot run here is left out by name, not skipped
 * in silence: tests read the names in DSH_TEST_LEFT_OUT (`test/support/lab-requirements.ts`).
 */
import { ensureNpmPackages } from './build.mjs';
import { ensureDebianPackages } from './debian-packages.mjs';
import { ensureDebianSources } from './debian-sources.mjs';
import { run, say } from './run.mjs';

/** `npm test -- test:nfs`: that as well. */
const stages = ['check', 'test:unit', 'test:e2e', ...process.argv.slice(2)];

const leftOut = prepare();
const failed = stages.filter((stage) => !runStage(stage, leftOut));
summarize(failed, leftOut);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Returns the names of what the machine lacks. */
function prepare() {
  try {
    ensureNpmPackages();
  } catch (error) {
    say(`test: ${error.message}`);
    process.exit(1);
  }
  const packages = ensureDebianPackages();
  const sources = ensureDebianSources().map((name) => `source:${name}`);
  if (packages.length > 0) {
    say(
      `test: missing packages: ${packages.join(' ')}; as root: apt-get install ${packages.join(' ')}`,
    );
  }
  return [...packages, ...sources, ...(process.getuid() === 0 ? [] : ['root'])];
}

function runStage(stage, names) {
  say(`\n== npm run ${stage}`);
  const env = { ...process.env, DSH_TEST_LEFT_OUT: names.join(',') };
  return run(['npm', 'run', '--silent', stage], { env });
}

function summarize(failedStages, names) {
  const what = names.length === 0 ? 'nothing' : `tests that need ${names.join(', ')}`;
  const how = failedStages.length === 0 ? 'passed' : `FAILED: ${failedStages.join(', ')}`;
  say(`\ntest: ${how}; left out: ${what}`);
}
