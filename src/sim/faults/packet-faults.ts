/** Faults of certain packets: those of one type, and those of an attacker who has listened. */
import { packetTypeOf } from '../packet-type.ts';
import type { Datagram } from '../network.ts';
import { pick, type Random } from '../random.ts';
import type { Trial } from './trial.ts';

/** Of the packets of those types so many are lost, and as many come up to 5 s late. */
export function harmPackets(
  { world: { agenda, network }, scenario }: Trial,
  random: Random,
  types: readonly string[],
  share: number,
): void {
  const before = network.onSend;
  network.onSend = (datagram) => {
    if (before?.(datagram) === true) return true;
    if (!types.includes(packetTypeOf(datagram.bytes)) || random() >= share) return false;
    const lateMs = random() * LATE_MS_MAX;
    if (random() < 0.5 && agenda.nowMs() + lateMs < scenario.healMs) {
      network.inject(datagram, lateMs);
    }
    return true;
  };
}

const LATE_MS_MAX = 5000;
const RECORDED_MAX = 200;
const REPLAY_EVERY_MS = 1000;

/** A packet that a daemon has taken in. Another state means that it was started since. */
interface Recorded {
  readonly datagram: Datagram;
  readonly state: unknown;
}

/**
 * Records packets, and sends them again: to whom they were for, later, and not always unharmed. Only
 * to who has taken them: one that was lost or refused is welcome, and a daemon that was started since
 * remembers nothing of the last seconds, which the protocol allows for.
 */
export function replayPackets(trial: Trial, random: Random): void {
  const { world, scenario } = trial;
  const { agenda } = world;
  const recorded: Recorded[] = [];
  const refusals = new Map<unknown, number>();
  trial.observers.push(({ node, state }, event) => {
    const { packetsRefused } = state()!.counters;
    const isRefused = packetsRefused !== (refusals.get(state()) ?? 0);
    refusals.set(state(), packetsRefused);
    if (event.type !== 'datagram' || event.from === undefined || isRefused) return;
    if (random() >= 0.1) return;
    const [from, to] = [world.indexOf(event.from), world.indexOf(node.id)];
    const datagram = { from, to, bytes: event.bytes, sentMs: agenda.nowMs() };
    recorded[Math.floor(random() * RECORDED_MAX)] = { datagram, state: state() };
  });
  const attack = (): void => {
    const known = recorded.filter((entry) => entry !== undefined);
    if (known.length > 0) {
      const { datagram, state } = pick(random, known);
      if (world.nodes[datagram.to]!.daemon.state() === state) world.attack(harm(datagram, random));
    }
    if (agenda.nowMs() < scenario.healMs) agenda.at(agenda.nowMs() + REPLAY_EVERY_MS, attack);
  };
  agenda.at(scenario.faultsMs, attack);
}

function harm(datagram: Datagram, random: Random): Datagram {
  const bytes = Uint8Array.from(datagram.bytes);
  const kind = random();
  if (kind < 0.5) return { ...datagram, bytes };
  if (kind < 0.7) return { ...datagram, bytes: bytes.subarray(0, random() * bytes.byteLength) };
  for (let count = 0; count < 1 + 3 * random(); count += 1) {
    bytes[Math.floor(random() * bytes.byteLength)]! ^= 1 << Math.floor(random() * 8);
  }
  return { ...datagram, bytes };
}
