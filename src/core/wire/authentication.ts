/**
 * Who wrote a packet. The MAC of packet.ts is HMAC-SHA256, cut to 128 bits, over
 *
 *     receiver 4  node id; 0: a multicast group
 *     the packet without its MAC
 *
 * so that a packet that was recorded on its way to one node is worth nothing at another. Its key is
 * HKDF-SHA256 of the secret in the key file with the info "dsh2|" and the cluster's name. The
 * cryptography itself comes from outside: the core is given an `Authenticator`.
 */
import { packetOffsets } from './packet.ts';
import type { RefusalKind } from './refusal.ts';

export interface Authenticator {
  /** Writes key id and MAC into an encoded packet for the node `receiver`; 0: a multicast group. */
  seal(packet: Uint8Array, receiver: number): void;
  /** Why the packet is not one that a holder of the key wrote for `receiver`; undefined: it is. */
  open(packet: Uint8Array, receiver: number): RefusalKind | undefined;
}

/** Without a key: nothing is sealed, and what somebody sealed cannot be checked. */
export const withoutKey: Authenticator = {
  seal: () => {},
  open: (packet) => (packet[packetOffsets.keyId] === 0 ? undefined : 'unknown-key'),
};
