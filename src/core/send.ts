/** Puts a packet body under this daemon's header, seals it and queues it. */
import type { Context } from './daemon-state.ts';
import type { PacketBody } from './wire/packet.ts';
import { encodePacket } from './wire/packet-codec.ts';

/** Stands for the multicast group where a node's id is expected; no node has it. */
export const MULTICAST = 0;

export function sendPacket({ state, nowMs, effects }: Context, to: number, body: PacketBody): void {
  // It follows the clock, so that a daemon that has just started can tell old packets by their age.
  const elapsedMs = Math.floor(nowMs - state.startedMs);
  state.packetCounter = Math.max(state.packetCounter + 1, elapsedMs);
  const bytes = encodePacket({
    sender: state.cluster.self.id,
    epoch: state.epoch,
    counter: state.packetCounter,
    isMulticast: to === MULTICAST,
    body,
  });
  state.authenticator.seal(bytes, to);
  state.counters.packetsSent += 1;
  state.counters.bytesSent += bytes.byteLength;
  effects.push({ type: 'send', to, bytes });
}
