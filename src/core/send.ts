/** Puts a packet body under this daemon's header and queues it. */
import type { Context } from './daemon-state.ts';
import { encodePacket, type PacketBody } from './wire/packet.ts';

export function sendPacket({ state, effects }: Context, to: number, body: PacketBody): void {
  state.packetCounter += 1;
  const bytes = encodePacket({
    sender: state.cluster.self.id,
    epoch: state.epoch,
    counter: state.packetCounter,
    body,
  });
  state.counters.packetsSent += 1;
  state.counters.bytesSent += bytes.byteLength;
  effects.push({ type: 'send', to, bytes });
}
