/**
 * The original's rule: the least weighted load average, and for a short time a virtual load on the
 * node that was named, known to the asking daemon alone. Weights make up for the number of CPUs, as
 * an administrator would set them. How much is added and for how long its page does not say.
 */
import type { PlacerKind } from '../placer.ts';
import { pickLeastBy, placeAt } from './choose.ts';
import { readTable } from './table-view.ts';

export interface VirtualLoad {
  readonly load: number;
  readonly lastsMs: number;
}

/** Of which the best is used, workload by workload. */
export const virtualLoads: readonly VirtualLoad[] = [0.5, 1, 2, 4].flatMap((load) =>
  [1500, 5000, 20_000, 60_000, 120_000].map((lastsMs) => ({ load, lastsMs })),
);

export function originalPlacer({ load, lastsMs }: VirtualLoad): PlacerKind {
  return {
    name: `original ${load}/${lastsMs / 1000}s`,
    daemons: 'without pushes',
    create(world) {
      const random = world.random('original placer');
      const given = world.nodes.map((): { node: number; untilMs: number }[] => []);
      return {
        place(caller, _job, placed) {
          const nowMs = world.agenda.nowMs();
          const live = given[caller]!.filter(({ untilMs }) => untilMs > nowMs);
          const extra = world.nodes.map(() => 0);
          for (const { node } of live) extra[node]! += load;
          const chosen = pickLeastBy(
            readTable(world, caller),
            ({ index, loadavg, capacity }) => (loadavg + extra[index]!) / capacity,
            random,
          );
          const node = chosen?.index ?? caller;
          given[caller] = [...live, { node, untilMs: nowMs + lastsMs }];
          placed(placeAt(node));
        },
      };
    },
  };
}
