/** Which type a packet on the wire says it is of. */
import { packetOffsets, packetTypes } from '../core/wire/packet.ts';

const names = new Map<number | undefined, string>(
  Object.entries(packetTypes).map(([name, number]) => [number, name]),
);

export function packetTypeOf(bytes: Uint8Array): string {
  return names.get(bytes[packetOffsets.type]) ?? 'unknown';
}
