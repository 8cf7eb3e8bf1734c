/** `sim faults`: a thousand trials by default, shared out to a process for each core. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { figureRow, type Row } from '../report.ts';
import { type BatchOptions, type BatchResult, type Failure, runBatch } from './batch.ts';
import { shrinkFailure } from './shrink.ts';

const SUITE = 'faults';
const SHRUNK_MAX = 5;
const PROCESSES_MAX = 8;

export const invariants: readonly (readonly [string, string])[] = [
  ['I1', 'equal views three ticks after healing'],
  ['I2', 'no record younger than it is'],
  ['I3', 'reservations are the live jobs'],
  ['I4', 'loads not below zero, and zero when idle'],
  ['I5', 'replayed and forged packets change nothing'],
  ['I6', 'no job to a node dead for three ticks'],
  ['I7', 'packets and tables bounded'],
  ['I8', 'each question answered in time'],
  ['I9', 'no idle node starved'],
];

export async function runFaults(
  options: BatchOptions,
  say: (line: string) => void,
): Promise<Row[]> {
  const startedMs = performance.now();
  const parts = await Promise.all(shareOut(options).map(runPart));
  const wallMs = performance.now() - startedMs;
  const failures = parts.flatMap((part) => part.failures);
  for (const failure of failures.slice(0, SHRUNK_MAX)) explain(failure, options, say);
  return toRows(parts, failures, wallMs);
}

/** What a process that was started for a part does. */
export function runAsPart(options: BatchOptions): void {
  process.send!(runBatch(options));
  process.disconnect();
}

function shareOut(options: BatchOptions): BatchOptions[] {
  const processes = Math.min(availableParallelism(), PROCESSES_MAX, options.count);
  return Array.from({ length: processes }, (_, index) => {
    const from = Math.floor((index * options.count) / processes);
    const to = Math.floor(((index + 1) * options.count) / processes);
    return { ...options, firstSeed: options.firstSeed + from, count: to - from };
  });
}

async function runPart(options: BatchOptions): Promise<BatchResult> {
  const { firstSeed, count, nodes, without } = options;
  const words = ['faults', '--part', '--seed', String(firstSeed), '--seeds', String(count)];
  if (nodes !== undefined) words.push('--nodes', String(nodes));
  if (without.length > 0) words.push('--without', without.join(','));
  const child = fork(process.argv[1]!, words);
  return new Promise((resolve, reject) => {
    child.on('message', (result) => resolve(result as BatchResult));
    child.on('error', reject);
    child.on('exit', (status) => reject(new Error(`a part ended with status ${status}`)));
  });
}

function explain(failure: Failure, options: BatchOptions, say: (line: string) => void): void {
  const { seed, classes, violations } = failure;
  const { nodes, without } = options;
  for (const { invariant, what, atMs } of violations) {
    say(`seed ${seed}: ${invariant} at ${(atMs / 1000).toFixed(1)} s: ${what}`);
  }
  const { invariant } = violations[0]!;
  const left = [...without, ...shrinkFailure(seed, invariant, classes, { nodes })];
  const size = nodes === undefined ? '' : ` --nodes ${nodes}`;
  const rest = left.length > 0 ? ` --without ${left.join(',')}` : '';
  say(`again: npm run sim -- faults --seed ${seed} --seeds 1${size}${rest}`);
}

function toRows(
  parts: readonly BatchResult[],
  failures: readonly Failure[],
  wallMs: number,
): Row[] {
  const sum = (pick: (part: BatchResult) => number): number =>
    parts.reduce((total, part) => total + pick(part), 0);
  const trials = sum((part) => part.trials);
  const unsteady = sum((part) => part.unsteady.length);
  const cpuMs = sum((part) => part.cpuMs);
  const speed = sum((part) => part.virtualMs) / cpuMs;
  const row = (name: string, value: number, unit: string, limit?: number): Row =>
    figureRow(SUITE, name, value, unit, limit === undefined ? undefined : ['<=', limit], trials);
  return [
    ...invariants.map(([invariant, what]) => {
      const broken = failures.filter(({ violations }) =>
        violations.some((violation) => violation.invariant === invariant),
      );
      return row(`${invariant} ${what}`, broken.length, 'trials', 0);
    }),
    row('second run leaves another trace', unsteady, 'trials', 0),
    row('virtual time', sum((part) => part.virtualMs) / 3_600_000, 'h'),
    row('virtual time over CPU time', speed, 'x'),
    row('wall time', wallMs / 1000, 's'),
    // Not the wall time, which is that of this machine's other work too.
    row('CPU time, shared by two cores', cpuMs / 2000, 's', (300 * Math.max(1000, trials)) / 1000),
  ];
}
