/** I8: whoever asks a running daemon for a node is answered in time, with a node while there is any. */
import type { Check } from '../check.ts';

/**
 * Probes and a reservation, twice, of 20 ms each, and 100 more for nodes that were late of late; timers are
 * late by up to a millisecond.
 */
const DECISION_MS_MAX = 4 * (21 + 101) + 6;

export const checkAnswers: Check = ({ world, crowd, violate }) => {
  crowd.onAnswer = ({ caller, atMs }, reply) => {
    // Its daemon died; dsh then asks again or runs the command here.
    if (!reply) return;
    const nowMs = world.agenda.nowMs();
    const heldUpMs = Math.max(0, caller.daemon.stalledUntilMs() - atMs);
    if (nowMs - atMs > DECISION_MS_MAX + heldUpMs) {
      violate('I8', `${caller.node.name} took ${Math.round(nowMs - atMs)} ms to answer`);
    }
    // The node itself is always there.
    if (reply.op !== 'placed') violate('I8', `${caller.node.name} had no node for a job`);
  };
  return {
    onSettled() {
      for (const { caller, state } of crowd.open) {
        if (caller.daemon.state() !== state) continue;
        violate('I8', `${caller.node.name} has not answered`);
      }
    },
  };
};
