/**
 * After C3 (NSDI'15): what the table says of the queue plus this caller's own jobs there, times the
 * number of callers since the others do alike; its cube, times the time for one job, plus what this
 * caller's jobs there took beyond it.
 */
import type { PlacerKind } from '../placer.ts';
import { pickLeastBy, placeAt } from './choose.ts';
import { readTable } from './table-view.ts';

const SHARE_OF_NEWEST = 0.1;

export const c3Placer: PlacerKind = {
  name: 'C3',
  daemons: 'without pushes',
  create(world) {
    const random = world.random('c3 placer');
    const { length } = world.nodes;
    const own = world.nodes.map(() => new Int32Array(length));
    const stretch = world.nodes.map(() => new Float64Array(length).fill(1));
    return {
      place(caller, job, placed) {
        const outstanding = own[caller]!;
        const waits = stretch[caller]!;
        const chosen = pickLeastBy(
          readTable(world, caller),
          ({ index, load, capacity }) => {
            const queue = 1 + outstanding[index]! * length + load;
            return waits[index]! - 1 + queue ** 3 / capacity;
          },
          random,
        );
        const node = chosen?.index ?? caller;
        outstanding[node]! += 1;
        let startedMs = world.agenda.nowMs();
        const settle = (): void => void (outstanding[node]! -= 1);
        placed({
          ...placeAt(node)!,
          started: () => void (startedMs = world.agenda.nowMs()),
          ended() {
            settle();
            const took = (world.agenda.nowMs() - startedMs) / (job.workMs / job.threads);
            waits[node]! += SHARE_OF_NEWEST * (took - waits[node]!);
          },
          unreachable: settle,
        });
      },
    };
  },
};
