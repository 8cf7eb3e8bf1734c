/**
 * `npm test`: everything that shows that this tree works, on a machine with Node.js, npm and git;
 * `npm run test:all`: the long suites as well. Installs what is missing, as far as it may; what cannot
 * run here is left out by name, not skipped in silence: tests read the names in DSH_TEST_LEFT_OUT
 * (`test/support/lab-requirements.ts`).
 */
import { findMissingAbilities } from './abilities.mjs';
import { ensureNpmPackages } from './build.mjs';
import { ensureDebianPackages, packagesOfTests } from './debian-packages.mjs';
import { ensureDebianSources } from './debian-sources.mjs';
import { say } from './run.mjs';
import { runStage } from './stage.mjs';

const daily = ['check', 'test:unit', 'test:hostile', 'test:e2e'];
const long = ['test:native', 'test:sim', 'test:web', 'test:conformance', 'test:faults', 'test:nfs'];

const stages = process.argv.includes('--all') ? [...daily, ...long] : daily;
const leftOut = prepare();
const results = [];
for (const stage of stages) {
  say(`\n== npm run ${stage}`);
  results.push(await runStage(stage, { ...process.env, DSH_TEST_LEFT_OUT: leftOut.join(',') }));
}
summarize(results, leftOut);
process.exit(results.every(({ isPassed }) => isPassed) ? 0 : 1);

/** Returns the names of what the machine lacks. */
function prepare() {
  try {
    ensureNpmPackages();
  } catch (error) {
    say(`test: ${error.message}`);
    process.exit(1);
  }
  const packages = ensureDebianPackages(packagesOfTests(stages.includes('test:web')));
  const sources = ensureDebianSources().map((name) => `source:${name}`);
  if (packages.length > 0) {
    say(
      `test: missing packages: ${packages.join(' ')}; as root: apt-get install ${packages.join(' ')}`,
    );
  }
  return [...packages, ...sources, ...findMissingAbilities()];
}

function summarize(stageResults, names) {
  for (const { stage, findings } of stageResults.filter(({ isPassed }) => !isPassed)) {
    say(`\n== what failed in ${stage}`);
    for (const line of findings) say(line);
  }
  say('');
  for (const { stage, isPassed, seconds } of stageResults) {
    say(`test: ${isPassed ? 'passed' : 'FAILED'}: ${stage}, ${seconds} s`);
  }
  const what = names.length === 0 ? 'nothing' : `tests that need ${names.join(', ')}`;
  say(`test: left out: ${what}`);
}
