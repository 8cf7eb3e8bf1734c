/**
 * I9: of equal idle nodes none is starved. Jobs are placed one after the other, and each is called
 * off before it starts, so that all nodes stay equal.
 */
import { AGENT } from '../../daemon.ts';
import type { Check } from '../check.ts';

/** By chance alone a node is left out once in e^20 trials. */
const CALLS_PER_NODE = 20;
const CALL_EVERY_MS = 60;

export const checkFairness: Check = ({ world, crowd, violate }) => {
  const chosen = new Set<string>();
  const random = world.random('fairness');
  return {
    onIdle() {
      const { nodes, agenda } = world;
      const caller = nodes[Math.floor(random() * nodes.length)]!;
      for (let call = 0; call < CALLS_PER_NODE * nodes.length; call += 1) {
        agenda.at(agenda.nowMs() + call * CALL_EVERY_MS, () =>
          crowd.ask(caller, AGENT, (reply) => {
            if (reply?.op !== 'placed') return;
            chosen.add(reply.node);
            caller.daemon.tell(AGENT, { op: 'ended', job: reply.job });
          }),
        );
      }
    },
    onEnd() {
      for (const { node } of world.nodes) {
        if (!chosen.has(node.name)) violate('I9', `${node.name} is idle and never chosen`);
      }
    },
  };
};
