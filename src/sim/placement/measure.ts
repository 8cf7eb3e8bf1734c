/** Runs every rule on every workload, with the same seeds. */
import { originalPlacer, virtualLoads } from '../baselines/original.ts';
import type { Core } from '../daemon.ts';
import type { PlacerKind } from '../placer.ts';
import { placers } from '../placers.ts';
import { shippedByLoadAlone } from '../shipped-placer.ts';
import { meanOf } from '../statistics.ts';
import { type RunResult, runWorkload } from './run.ts';
import type { Workload } from './workload.ts';

/** The runs of one rule on one workload, in the order of the seeds. */
export interface Cell {
  readonly workload: Workload;
  readonly placer: string;
  readonly runs: readonly RunResult[];
}

export interface Plan {
  readonly workloads: readonly Workload[];
  readonly seeds: readonly number[];
  /** Undefined: all. The oracle always runs, for comparison. */
  readonly policy?: string | undefined;
  readonly core?: Core | undefined;
}

export const ORIGINAL = 'original';

export function measurePlacement(plan: Plan, say: (line: string) => void): Cell[] {
  return plan.workloads.flatMap((workload) =>
    kindsFor(workload, plan, say).map((kind): Cell => {
      const runs = plan.seeds.map((seed) => runWorkload(workload, kind, seed, plan.core));
      const placer = kind.name.startsWith(ORIGINAL) ? ORIGINAL : kind.name;
      say(`${workload.name} ${kind.name}: ${meanOf(runs.map(figureOf(workload))).toFixed(4)}`);
      return { workload, placer, runs };
    }),
  );
}

/** What a workload is judged by. */
export function figureOf({ measure }: Workload): (run: RunResult) => number {
  return measure === 'makespan' ? (run) => run.makespanMs / 1000 : (run) => run.meanSlowdown;
}

export function placerNames(): string[] {
  return [...placers.map(({ name }) => name), ORIGINAL, shippedByLoadAlone.name];
}

function kindsFor(workload: Workload, plan: Plan, say: (line: string) => void): PlacerKind[] {
  const { policy } = plan;
  const wanted = (name: string): boolean => policy === undefined || policy === name;
  // All rules are compared on steady work; on the rest, those that tell something.
  const isStudied = studied.includes(workload.name);
  const kinds = placers.filter(
    ({ name }) =>
      name === 'oracle' || (wanted(name) && (isStudied || policy || few.includes(name))),
  );
  const hasMemory = workload.name.startsWith('W7');
  return [
    ...(wanted(ORIGINAL) && (isStudied || policy) ? [bestOriginal(workload, plan, say)] : []),
    ...(hasMemory && wanted(shippedByLoadAlone.name) ? [shippedByLoadAlone] : []),
    ...kinds,
  ];
}

const studied: readonly string[] = ['A', 'B', 'D', 'G', 'H', 'J', 'F'];
const few: readonly string[] = ['random', 'P2C stale', '2+2+push'];

/** Two seeds tell the settings of the virtual load apart: they differ by much. */
const SWEEP_SEEDS = 2;

function bestOriginal(workload: Workload, plan: Plan, say: (line: string) => void): PlacerKind {
  const seeds = plan.seeds.slice(0, SWEEP_SEEDS);
  let best: PlacerKind | undefined;
  let least = Infinity;
  for (const setting of virtualLoads) {
    const kind = originalPlacer(setting);
    const runs = seeds.map((seed) => runWorkload(workload, kind, seed, plan.core));
    const figure = meanOf(runs.map(figureOf(workload)));
    if (figure >= least) continue;
    least = figure;
    best = kind;
  }
  say(`${workload.name}: the original is at its best as ${best!.name}`);
  return best!;
}
