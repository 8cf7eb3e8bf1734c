/** I6: no job goes to a node that has been dead for longer than its record may be believed. */
import type { Check } from '../check.ts';

const USABLE_MS = 4500;
/** A probe that was sent in time may be answered for. */
const ROUNDING_MS = 100;
const STALL_MS_MAX = 2000;

export const checkDeadNodes: Check = ({ world, scenario, violate }) => {
  const deadSinceMs = world.nodes.map((): number | undefined => undefined);
  const stalls = scenario.classes.includes('stall') ? STALL_MS_MAX : 0;
  return {
    onStep({ node: asking, state }, _event, effects) {
      noteDeaths();
      for (const effect of effects) {
        if (effect.type !== 'reply' || effect.reply.op !== 'placed') continue;
        const { node: chosen } = effect.reply;
        const index = world.nodes.findIndex(({ node }) => node.name === chosen);
        const sinceMs = deadSinceMs[index];
        if (sinceMs === undefined) continue;
        const deadMs = world.agenda.nowMs() - sinceMs;
        // A record may have been on its way, and a daemon that was late itself is more patient.
        const patience = 1 + state()!.health;
        const limitMs =
          USABLE_MS * patience + world.network.counts.longestMs + stalls + ROUNDING_MS;
        if (deadMs <= limitMs) continue;
        violate('I6', `${asking.name} chose ${chosen}, dead for ${Math.round(deadMs)} ms`);
      }
    },
    onSecond: noteDeaths,
  };

  function noteDeaths(): void {
    for (const { index, daemon } of world.nodes) {
      if (daemon.state()) deadSinceMs[index] = undefined;
      else deadSinceMs[index] ??= world.agenda.nowMs();
    }
  }
};
