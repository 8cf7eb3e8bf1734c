/** Which type a packet on the wire says it is of. */
const names = ['state', 'probe', 'reply', 'reserve', 'started', 'ended', 'hello', 'welcome'];

export function packetTypeOf(bytes: Uint8Array): string {
  return names[bytes[3]! - 1] ?? 'unknown';
}
