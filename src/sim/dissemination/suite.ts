/** `sim dissemination`: what each size of cluster costs, and how old its records are. */
import { type Goal, type Row, rowOf } from '../report.ts';
import { estimate } from '../statistics.ts';
import { measureDropTime } from './drop-time.ts';
import { type DisseminationResult, runDissemination as runOne } from './run.ts';

const SUITE = 'dissemination';

export const usualSizes: readonly number[] = [8, 33, 256, 1000, 2000];

type Figure = Exclude<keyof DisseminationResult, 'virtualMs'>;

const figures: readonly (readonly [Figure, string, string, number])[] = [
  ['packetsPerSecond', 'packets sent', '1/s', 1],
  ['bytesPerSecond', 'bytes sent', 'kB/s', 1000],
  ['ageP50Ms', 'age p50', 's', 1000],
  ['ageMeanMs', 'age mean', 's', 1000],
  ['ageP99Ms', 'age p99', 's', 1000],
  ['known', 'known', 'nodes', 1],
  ['fresh', 'known from a record of at most 1.5 s', 'nodes', 1],
];

/** G8 is for ten thousand nodes; what it says of the traffic holds for all. */
const HUGE = 10_000;
const trafficGoals: { readonly [F in Figure]?: Goal } = {
  packetsPerSecond: ['<=', 25],
  bytesPerSecond: ['<=', 30],
};
const hugeGoals: { readonly [F in Figure]?: Goal } = {
  ageP50Ms: ['<=', 7],
  fresh: ['>=', 1000],
};
/** G12: up to here everybody is told directly. */
const MESH_MAX = 33;
const MAX_LOOPS_MS = 7500;
const USABLE_MS = 4500;
/** The table is looked through once a tick. */
const TICK_MS = 1650;

export function runDissemination(
  sizes: readonly number[],
  seeds: readonly number[],
  say: (line: string) => void,
): Row[] {
  return sizes.flatMap((nodes) => {
    const runs = seeds.map((seed) => runOne(nodes, seed));
    const gibibytes = (process.memoryUsage().rss / 2 ** 30).toFixed(1);
    say(`${nodes} nodes: ${gibibytes} GiB, ${process.uptime().toFixed(0)} s since the start`);
    return [
      ...figures.map(([figure, title, unit, divisor]) => {
        const goal = trafficGoals[figure] ?? (nodes >= HUGE ? hugeGoals[figure] : undefined);
        const values = estimate(runs.map((run) => run[figure] / divisor));
        const prefix = goal ? 'G8 ' : '';
        return rowOf(SUITE, `${prefix}${nodes} nodes: ${title}`, unit, values, seeds.length, goal);
      }),
      ...(nodes <= MESH_MAX ? dropRows(nodes, seeds) : []),
    ];
  });
}

function dropRows(nodes: number, seeds: readonly number[]): Row[] {
  const drops = seeds.map((seed) => measureDropTime(nodes, seed));
  const seconds = (pick: (drop: (typeof drops)[number]) => number): ReturnType<typeof estimate> =>
    estimate(drops.map((drop) => pick(drop) / 1000));
  const row = (title: string, values: ReturnType<typeof estimate>, limitMs: number): Row =>
    rowOf(SUITE, `G12 ${nodes} nodes: ${title}`, 's', values, seeds.length, ['<=', limitMs / 1000]);
  return [
    row(
      'a dead node is unusable after',
      seconds((drop) => drop.unusableMs),
      USABLE_MS + 100,
    ),
    row(
      'and forgotten after',
      seconds((drop) => drop.droppedMs),
      MAX_LOOPS_MS + TICK_MS,
    ),
  ];
}
