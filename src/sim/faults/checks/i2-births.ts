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
  /** By node id: when each of its records was stated. */
  const histories = new Map<number, Map<number, Birth>>();
  return {
    onStep({ node, state }, _event, effects) {
      if (effects.length === 0) return;
      const { epoch, sequence } = state()!;
      const births = histories.get(node.id) ?? new Map<number, Birth>();
      histories.set(node.id, births);
      // In one step more than one record may have been stated, but none that was not sent.
      for (let number = sequence; number >= sequence - effects.length; number -= 1) {
        const key = number % 2 ** 32;
        // After a clock was set back, numbers come again.
        if (births.get(key)?.epoch === epoch) break;
        births.set(key, { epoch, atMs: world.agenda.nowMs() });
      }
    },
    onSecond() {
      const slackMs = HOPS_MAX * (world.network.counts.longestMs + stalls + ROUNDING_MS);
      for (const { node, daemon } of world.nodes) {
        const state = daemon.state();
        if (!state) continue;
        const clockOffsetMs = daemon.localMs() - world.agenda.nowMs();
        for (const { id, sequence, bornMs } of listViews(state, daemon.localMs())) {
          const trueMs = histories.get(id)?.get(sequence)?.atMs;
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

interface Birth {
  readonly epoch: number;
  readonly atMs: number;
}
