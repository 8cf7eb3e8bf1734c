/**
 * I2: no view says that a record was measured later than it was, but for the time of its packets on
 * the way, which nobody can know.
 */
import { listViews } from '../../views.ts';
import type { Check } from '../check.ts';

/** From hand to hand twice: a record that a new daemon is told came by way of one other. */
const HOPS_MAX = 3;
/** A record's age has 4 ms for its smallest figure, and a timer is late by one. */
const ROUNDING_MS = 8;
const STALL_MS_MAX = 2000;

export const checkBirths: Check = ({ world, scenario, violate }) => {
  const stalls = scenario.classes.includes('stall') ? STALL_MS_MAX : 0;
  const histories = new Map<number, History>();
  return {
    onStep({ node, state }) {
      const { epoch, sequence } = state()!;
      const known = histories.get(node.id);
      if (known?.epoch === epoch && known.last === sequence) return;
      const history = known ?? { epoch, last: sequence - 1, births: new Map() };
      histories.set(node.id, history);
      // A step may state several records; and one that was set to near 2^32 begins there.
      const first = Math.max(history.last + 1, sequence - 100);
      for (let number = first; number <= sequence; number += 1) {
        history.births.set(keyOf(epoch, number), world.agenda.nowMs());
      }
      history.births.set(keyOf(epoch, sequence), world.agenda.nowMs());
      history.epoch = epoch;
      history.last = sequence;
    },
    onSecond() {
      const slackMs = HOPS_MAX * (world.network.counts.longestMs + stalls + ROUNDING_MS);
      for (const { node, daemon } of world.nodes) {
        const state = daemon.state();
        if (!state) continue;
        const clockOffsetMs = daemon.localMs() - world.agenda.nowMs();
        for (const { id, epoch, sequence, bornMs } of listViews(state)) {
          const trueMs = histories.get(id)?.births.get(keyOf(epoch, sequence));
          const claimedMs = bornMs - clockOffsetMs;
          if (trueMs !== undefined && claimedMs <= trueMs + slackMs) continue;
          const name = world.nodes[world.indexOf(id)]!.node.name;
          const what = trueMs === undefined ? 'never stated' : `of ${Math.round(trueMs)}`;
          violate('I2', `${node.name} has a record of ${name} as of ${claimedMs}; it was ${what}`);
        }
      }
    },
  };
};

interface History {
  epoch: number;
  last: number;
  /** When each record was stated. */
  readonly births: Map<string, number>;
}

function keyOf(epoch: number, sequence: number): string {
  return `${epoch}/${sequence >>> 0}`;
}
