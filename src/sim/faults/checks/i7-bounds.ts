/** I7: what is sent and what is kept is bounded, and an idle cluster sends its ticks and no more. */
import { packetTypeOf } from '../../packet-type.ts';
import { sizesOf } from '../../views.ts';
import type { Check } from '../check.ts';

/** A tick and twenty pushes of 50 ms, in a second. */
const STATES_PER_SECOND_MAX = 22;
const TICK_SHORTEST_MS = 1350;

export const checkBounds: Check = ({ world, scenario, violate }) => {
  const states = new Map<number, number>();
  const sent = new Map<number, number>();
  let idleSent: ReadonlyMap<number, number> | undefined;
  const peers = world.nodes.length - 1;
  return {
    onStep({ node }, _event, effects) {
      for (const effect of effects) {
        if (effect.type !== 'send') continue;
        add(sent, node.id);
        if (packetTypeOf(effect.bytes) === 'state') add(states, node.id);
      }
    },
    onSecond() {
      for (const { node, daemon } of world.nodes) {
        const perPeer = (states.get(node.id) ?? 0) / peers;
        // A daemon that is started anew begins with a tick.
        if (perPeer > STATES_PER_SECOND_MAX + 1) {
          violate('I7', `${node.name} stated itself ${perPeer} times in a second`);
        }
        const state = daemon.state();
        const table = state ? sizesOf(state)['table']! : 0;
        if (table > peers) violate('I7', `${node.name} has ${table} nodes in its table`);
      }
      states.clear();
    },
    onSettled: () => void (idleSent = undefined),
    onIdle() {
      idleSent = new Map(sent);
      for (const { node, daemon } of world.nodes) {
        const { jobs, decisions, promised, ledger } = sizesOf(daemon.state()!);
        if (jobs! + decisions! + promised! + ledger! === 0) continue;
        const left = `${jobs} jobs, ${decisions} decisions, ${promised} promises, ${ledger} entries`;
        violate('I7', `${node.name} is idle and keeps ${left}`);
      }
    },
    onEnd() {
      const calls = 20 * world.nodes.length;
      const ticks = (scenario.endMs - scenario.idleMs) / TICK_SHORTEST_MS + 1;
      // Each call asks four and takes one, and all that is answered; it moves no load that is told.
      const packetsMax = ticks * peers + calls * 12 + calls * 2 * peers;
      for (const { node } of world.nodes) {
        const packets = (sent.get(node.id) ?? 0) - (idleSent?.get(node.id) ?? 0);
        if (packets > packetsMax) violate('I7', `${node.name} sent ${packets} packets while idle`);
      }
    },
  };
};

function add(counts: Map<number, number>, id: number): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
}
