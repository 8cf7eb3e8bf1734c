/** `sim placement`: every rule on every workload, then the tick's length. */
import { loadPatchedCore } from '../patched-core.ts';
import { type Row, rowOf } from '../report.ts';
import { randomPlacer } from '../baselines/blind.ts';
import { shippedPlacer, shippedWithoutPushes } from '../shipped-placer.ts';
import { estimate, estimateRatio } from '../statistics.ts';
import { goalRows } from './goals.ts';
import { type Cell, figureOf, measurePlacement, type Plan } from './measure.ts';
import { runWorkload } from './run.ts';
import { workloads } from './workloads.ts';

const SUITE = 'placement';

export async function runPlacement(plan: Plan, say: (line: string) => void): Promise<Row[]> {
  const cells = measurePlacement(plan, say);
  const ticks = plan.policy === undefined && plan.workloads.some(({ name }) => name === 'A');
  return [
    ...cells.map((cell) => cellRow(cell)),
    ...goalRows(cells),
    ...(ticks ? await tickRows(plan.seeds, say) : []),
  ];
}

function cellRow({ workload, placer, runs }: Cell): Row {
  const isBurst = workload.measure === 'makespan';
  const figures = estimate(runs.map(figureOf(workload)));
  const what = isBurst ? 'makespan' : 'mean slowdown';
  const name = `${workload.name} (${workload.title}), ${placer}: ${what}`;
  return rowOf(SUITE, name, isBurst ? 's' : 'x', figures, runs.length);
}

/** What longer ticks cost: the core is loaded with another TICK_MS. */
async function tickRows(seeds: readonly number[], say: (line: string) => void): Promise<Row[]> {
  const workload = workloads.find(({ name }) => name === 'A')!;
  const kinds = [shippedPlacer, shippedWithoutPushes];
  const run = async (tickMs: number): Promise<number[][]> => {
    const replace = `export const TICK_MS = ${tickMs};`;
    const find = 'export const TICK_MS = 1500;';
    const core = await loadPatchedCore([{ file: 'daemon-state.ts', find, replace }]);
    return kinds.map((kind) =>
      seeds.map((seed) => runWorkload(workload, kind, seed, core).meanSlowdown),
    );
  };
  const usual = await run(1500);
  const random = seeds.map((seed) => runWorkload(workload, randomPlacer, seed).meanSlowdown);
  const rows: Row[] = [];
  for (const tickMs of [500, 5000, 15_000]) {
    const runs = await run(tickMs);
    for (const [index, { name }] of kinds.entries()) {
      const ratio = estimateRatio(runs[index]!, usual[index]!);
      const title = `ticks of ${tickMs / 1000} s for 1.5 s, case A, ${name}`;
      const goal =
        name === shippedPlacer.name && tickMs > 1500 ? (['<=', 1.01] as const) : undefined;
      rows.push(rowOf(SUITE, `G5 ${title}`, 'x', ratio, seeds.length, goal));
      const safety = estimateRatio(runs[index]!, random);
      rows.push(rowOf(SUITE, `G4 over random, ${title}`, 'x', safety, seeds.length, ['<=', 1]));
      say(`${title}: ${ratio.mean.toFixed(4)}`);
    }
  }
  return rows;
}
