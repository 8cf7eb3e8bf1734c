/** The goals of placement, each beside its figure. */
import { figureRow, type Goal, type Row, rowOf } from '../report.ts';
import { type Estimate, estimate, estimateRatio, meanOf } from '../statistics.ts';
import { type Cell, figureOf, ORIGINAL } from './measure.ts';
import type { RunResult } from './run.ts';

const SHIPPED = '2+2+push';
const SUITE = 'placement';

type Pick = (run: RunResult) => number;
type Find = (workload: string, placer: string) => Cell | undefined;

/** Rows for what was measured: a goal without its figures has none. */
export function goalRows(cells: readonly Cell[]): Row[] {
  const find: Find = (workload, placer) =>
    cells.find((cell) => cell.workload.name === workload && cell.placer === placer);
  return [
    ...ratioRows('G1 mean slowdown over the oracle’s', find, slowdown, meanGoals),
    ...ratioRows('G2 p99 slowdown over the oracle’s', find, (run) => run.p99Slowdown, p99Goals),
    ...excessRows(find, 'P2C stale', 10),
    ...excessRows(find, ORIGINAL, 50),
    ...safetyRows(cells, find),
    ...ratioRows('G6 makespan over the oracle’s', find, (run) => run.makespanMs, burstGoals),
    ...degradationRows(find),
    ...deadNodeRows(find),
    ...decisionRows(find),
    ...memoryRows(find),
  ];
}

const slowdown: Pick = (run) => run.meanSlowdown;
const easyCases = ['A', 'B', 'D', 'F', 'H', 'W4', 'W5h', 'W5p'];
const meanGoals: readonly (readonly [string, Goal])[] = [
  ...easyCases.map((name) => [name, ['<=', 1.02]] as const),
  ['G', ['<=', 1.04]],
  ['J', ['<=', 1.06]],
];
const p99Goals = meanGoals.map(([name]) => [name, ['<=', 1.15]] as const);
const burstGoals = [
  ['W2', ['<=', 1.05]],
  ['W3', ['<=', 1.08]],
] as const;

function ratioRows(
  title: string,
  find: Find,
  pick: Pick,
  goals: readonly (readonly [string, Goal])[],
): Row[] {
  return goals.flatMap(([name, goal]) => {
    const ratio = compare(find(name, SHIPPED), find(name, 'oracle'), pick);
    return ratio ? [rowOf(SUITE, `${title}: ${name}`, 'x', ratio.estimate, ratio.seeds, goal)] : [];
  });
}

/** By how much less the shipped rule exceeds an empty cluster; of the means, since few runs exceed. */
function excessRows(find: Find, placer: string, factor: number): Row[] {
  return ['A', 'D'].flatMap((name) => {
    const shipped = find(name, SHIPPED);
    const other = find(name, placer);
    if (!shipped || !other) return [];
    const value = excessOf(other) / excessOf(shipped);
    const title = `G3 excess of ${placer} over the shipped rule’s: ${name}`;
    return [figureRow(SUITE, title, value, 'x', ['>=', factor], shipped.runs.length)];
  });
}

function excessOf(cell: Cell): number {
  return meanOf(cell.runs.map(slowdown)) - 1;
}

function safetyRows(cells: readonly Cell[], find: Find): Row[] {
  return cells
    .filter(({ placer }) => placer === SHIPPED)
    .flatMap((cell) => {
      const { name } = cell.workload;
      const ratio = compare(cell, find(name, 'random'), figureOf(cell.workload));
      if (!ratio) return [];
      const title = `G4 over random: ${name}`;
      return [rowOf(SUITE, title, 'x', ratio.estimate, ratio.seeds, ['<=', 1])];
    });
}

function degradationRows(find: Find): Row[] {
  const goals = [
    ['L10', 1.03],
    ['L30', 1.1],
    ['S', 1.03],
  ] as const;
  return goals.flatMap(([name, limit]) => {
    const ratio = compare(find(name, SHIPPED), find('A', SHIPPED), slowdown);
    if (!ratio) return [];
    const title = `G7 mean slowdown over case A: ${name}`;
    return [rowOf(SUITE, title, 'x', ratio.estimate, ratio.seeds, ['<=', limit])];
  });
}

function deadNodeRows(find: Find): Row[] {
  const shipped = find('C', SHIPPED);
  if (!shipped) return [];
  const late = shipped.runs.reduce((sum, run) => sum + run.lateAttempts, 0);
  const title = 'G9 remote shells to a node dead for over 4.5 s: C';
  return [figureRow(SUITE, title, late, 'attempts', ['<=', 0], shipped.runs.length)];
}

/** The network's time alone: the daemons' own is measured on real ones. */
function decisionRows(find: Find): Row[] {
  const rows: [string, string, Pick, number][] = [
    ['A', 'p50', (run) => run.decisionP50Ms, 1],
    ['A', 'p99', (run) => run.decisionP99Ms, 5],
    ['C', 'p99', (run) => run.decisionP99Ms, 25],
  ];
  return rows.flatMap(([name, which, pick, limit]) => {
    const shipped = find(name, SHIPPED);
    if (!shipped) return [];
    const title = `G10 decision ${which}: ${name}`;
    const { runs } = shipped;
    return [rowOf(SUITE, title, 'ms', estimate(runs.map(pick)), runs.length, ['<=', limit])];
  });
}

function memoryRows(find: Find): Row[] {
  return ['W7', 'W7m'].flatMap((name) => {
    const shipped = find(name, SHIPPED);
    const blind = find(name, '2+2+push, load only');
    if (!shipped || !blind) return [];
    const count = (cell: Cell): number => meanOf(cell.runs.map((run) => run.thrashEvents));
    const fewer = figureRow(
      SUITE,
      `G11 thrashing spared of load only’s ${formatCount(count(blind))}: ${name}`,
      100 * (1 - count(shipped) / count(blind)),
      '%',
      ['>=', 90],
      shipped.runs.length,
    );
    const cost = compare(shipped, blind, (run) => run.smallSlowdown)!;
    const title = `G11 small jobs’ slowdown over load only’s: ${name}`;
    return [fewer, rowOf(SUITE, title, 'x', cost.estimate, cost.seeds, ['<=', 1.05])];
  });
}

function formatCount(count: number): string {
  return `${Number(count.toFixed(1))} times`;
}

function compare(
  over: Cell | undefined,
  under: Cell | undefined,
  pick: Pick,
): { estimate: Estimate; seeds: number } | undefined {
  if (!over || !under) return undefined;
  const ratio = estimateRatio(over.runs.map(pick), under.runs.map(pick));
  return { estimate: ratio, seeds: over.runs.length };
}
