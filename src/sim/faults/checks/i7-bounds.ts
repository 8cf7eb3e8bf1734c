/** I7: what is sent and what is kept is bounded, and an idle cluster sends its ticks and no more. */
import { packetTypeOf } from '../../packet-type.ts';
import { sizesOf } from '../../views.ts';
import type { Check } from '../check.ts';

/** A push waits for so long after the last statement; a tick does not. */
const PUSH_PAUSE_MS = 50;
const TICK_SHORTEST_MS = 1350;

export const checkBounds: Check = ({ world, scenario, violate }) => {
  const sent = new Map<number, number>();
  const statements = new Map<number, Statements>();
  let idleSent: ReadonlyMap<number, number> | undefined;
  const peers = world.nodes.length - 1;
  return {
    onStep({ node, state }, _event, effects, localMs) {
      if (effects.length === 0) return;
      const packets = effects.filter((effect) => effect.type === 'send');
      sent.set(node.id, (sent.get(node.id) ?? 0) + packets.length);
      if (!packets.some(({ bytes }) => packetTypeOf(bytes) === 'state')) return;
      const before = statements.get(node.id);
      const timesMs = before?.state === state() ? before!.timesMs.slice(-2) : [];
      statements.set(node.id, { state: state(), timesMs: [...timesMs, localMs] });
      // Of three in a row, one at most is a tick.
      if (timesMs.length < 2 || localMs - timesMs[0]! >= PUSH_PAUSE_MS - 1) return;
      violate('I7', `${node.name} stated itself three times in ${localMs - timesMs[0]!} ms`);
    },
    onSecond() {
      for (const { node, daemon } of world.nodes) {
        const state = daemon.state();
        const size = state ? sizesOf(state).table : 0;
        if (size > peers) violate('I7', `${node.name} has ${size} nodes in its table`);
      }
    },
    onIdle() {
      idleSent = new Map(sent);
      for (const { node, daemon } of world.nodes) {
        const { jobs, decisions, promised, ledger } = sizesOf(daemon.state()!);
        if (jobs + decisions + promised + ledger === 0) continue;
        const left = `${jobs} jobs, ${decisions} decisions, ${promised} promises, ${ledger} entries`;
        violate('I7', `${node.name} is idle and keeps ${left}`);
      }
    },
    onEnd() {
      const calls = 20 * world.nodes.length;
      const ticks = (scenario.endMs - scenario.idleMs) / TICK_SHORTEST_MS + 1;
      // Each call asks four and takes one, all of which answer; two pushes may follow from it.
      const packetsMax = ticks * peers + calls * 12 + calls * 2 * peers;
      for (const { node } of world.nodes) {
        const packets = (sent.get(node.id) ?? 0) - (idleSent?.get(node.id) ?? 0);
        if (packets > packetsMax) violate('I7', `${node.name} sent ${packets} packets while idle`);
      }
    },
  };
};

interface Statements {
  /** A daemon that was started anew begins with a tick. */
  readonly state: unknown;
  readonly timesMs: readonly number[];
}
