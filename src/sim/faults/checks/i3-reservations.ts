/**
 * I3: soon after the last fault, what is reserved at each node is what its dispatchers have there, or
 * had there when they last said so: a job that was reserved without a name ends with the next tick.
 */
import { decodePacket } from '../../../core/wire/packet-codec.ts';
import { countOwnJobs, countReserved } from '../../views.ts';
import type { Check } from '../check.ts';

export const checkReservations: Check = ({ world, scenario, violate }) => {
  /** By origin and target: how many live jobs were stated last. */
  const stated = new Map<string, number>();
  return {
    onStep({ node }, _event, effects) {
      if (world.agenda.nowMs() < scenario.healMs) return;
      for (const effect of effects) {
        if (effect.type !== 'send') continue;
        const body = decodePacket(effect.bytes)?.body;
        if (body?.type === 'state') stated.set(`${node.id}/${effect.to}`, body.liveJobs);
      }
    },
    onSettled() {
      for (const target of world.nodes) {
        for (const origin of world.nodes) {
          if (origin.index === target.index) continue;
          const reserved = countReserved(target.daemon.state()!, origin.node.id);
          const live = countOwnJobs(origin.daemon.state()!, target.node.id);
          const said = stated.get(`${origin.node.id}/${target.node.id}`) ?? live;
          if (reserved >= Math.min(live, said) && reserved <= Math.max(live, said)) continue;
          const names = `${target.node.name} for ${origin.node.name}`;
          violate('I3', `${reserved} jobs are reserved on ${names}, which has ${live} there`);
        }
      }
    },
  };
};
