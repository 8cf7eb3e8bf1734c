/** `npm run sim -- SUITE …`: the shipped core in virtual time, held against its goals. */
import { writeFileSync } from 'node:fs';
import { helpText } from '../core/option-table.ts';
import { runDissemination, usualSizes } from './dissemination/suite.ts';
import { faultClassNames } from './faults/fault-classes.ts';
import { runMutations } from './faults/mutation-suite.ts';
import { runAsPart, runFaults } from './faults/suite.ts';
import { readSimOptions, simOptions, type SimOptions, suites } from './options.ts';
import { placerNames } from './placement/measure.ts';
import { runPlacement } from './placement/suite.ts';
import { workloads } from './placement/workloads.ts';
import { drawPlots } from './plots/suite.ts';
import { formatRows, type Row } from './report.ts';

const FAULT_SEEDS = 1000;

const commandLine = readSimOptions(process.argv.slice(2));
if (commandLine.kind === 'help') {
  process.stdout.write(
    `usage: npm run sim -- ${suites.join('|')} [OPTION…]\n\n${helpText(simOptions)}`,
  );
} else if (commandLine.kind === 'error') {
  fail(commandLine.reason);
} else {
  await main(commandLine.options);
}

async function main(options: SimOptions): Promise<void> {
  const rows = await runSuite(options);
  if (rows.length === 0) return;
  process.stdout.write(formatRows(rows));
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify(rows, undefined, 1)}\n`);
  }
  const missed = rows.filter(({ met }) => met === false).length;
  const judged = rows.filter(({ met }) => met !== null).length;
  process.stdout.write(`${judged - missed} of ${judged} goals met\n`);
  if (missed > 0) process.exitCode = 1;
}

async function runSuite(options: SimOptions): Promise<Row[]> {
  switch (options.suite) {
    case 'placement':
      return placement(options);
    case 'dissemination':
      return dissemination(options);
    case 'faults':
      return faults(options);
    case 'mutations':
      return runMutations(say);
    case 'plots':
      process.stdout.write(drawPlots(options.files, options.into));
      return [];
  }
}

async function placement({ policy, cases, nodes, ...options }: SimOptions): Promise<Row[]> {
  if (policy !== undefined && !placerNames().includes(policy)) {
    return fail(`--policy ${policy}: expected one of ${placerNames().join(', ')}`);
  }
  const names = workloads.map(({ name }) => name);
  const unknown = cases.find((name) => !names.includes(name));
  if (unknown !== undefined) return fail(`--case ${unknown}: expected some of ${names.join(',')}`);
  const chosen = workloads.filter(
    (workload) =>
      (cases.length === 0 || cases.includes(workload.name)) &&
      (nodes === undefined || workload.nodes.length === nodes),
  );
  if (chosen.length === 0) return fail(`--nodes ${nodes}: no workload is of that size`);
  const plan = { workloads: chosen, seeds: listSeeds(options, 10), policy };
  return runPlacement(plan, say);
}

function dissemination({ nodes, firstSeed, seeds }: SimOptions): Row[] {
  const sizes = nodes === undefined ? usualSizes : [nodes];
  return runDissemination(sizes, listSeeds({ firstSeed, seeds }, 1), say);
}

async function faults({ firstSeed, seeds, nodes, without, isPart }: SimOptions): Promise<Row[]> {
  const unknown = without.find((name) => !faultClassNames.includes(name));
  if (unknown !== undefined) {
    return fail(`--without ${unknown}: expected some of ${faultClassNames.join(',')}`);
  }
  const batch = { firstSeed, count: seeds ?? FAULT_SEEDS, nodes, without };
  if (!isPart) return runFaults(batch, say);
  runAsPart(batch);
  return [];
}

function listSeeds(
  { firstSeed, seeds }: Pick<SimOptions, 'firstSeed' | 'seeds'>,
  usual: number,
): number[] {
  return Array.from({ length: seeds ?? usual }, (_, index) => firstSeed + index);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Says what is wrong and ends, with the status of dsh's programs for a wrong command line. */
function fail(reason: string): never {
  process.stderr.write(`sim: ${reason}\n`);
  process.exit(2);
}
