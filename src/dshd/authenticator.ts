/** Seals and opens packets with the cluster's keys; `core/wire/authentication.ts` says over what. */
import {
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto';
import { type Authenticator, withoutKey } from '../core/wire/authentication.ts';
import { MAC_BYTES, packetOffsets } from '../core/wire/packet.ts';
import type { Key } from './key-file.ts';

/** The first key seals. No key: packets are not sealed. */
export function createAuthenticator(keys: readonly Key[], clusterName: string): Authenticator {
  const derived = new Map(keys.map(({ id, secret }) => [id, deriveKey(secret, clusterName)]));
  const [first] = derived;
  if (!first) return withoutKey;
  const [sealingId, sealingKey] = first;
  return {
    seal(packet, receiver) {
      packet[packetOffsets.keyId] = sealingId;
      packet.set(macOf(sealingKey, packet, receiver), packetOffsets.mac);
    },
    open(packet, receiver) {
      const key = derived.get(packet[packetOffsets.keyId]!);
      if (!key) return 'unknown-key';
      const mac = packet.subarray(packetOffsets.mac, packetOffsets.mac + MAC_BYTES);
      return timingSafeEqual(mac, macOf(key, packet, receiver)) ? undefined : 'forged';
    },
  };
}

function deriveKey(secret: Uint8Array, clusterName: string): KeyObject {
  const bytes = hkdfSync('sha256', secret, '', `dsh2|${clusterName}`, 32);
  return createSecretKey(Buffer.from(bytes));
}

function macOf(key: KeyObject, packet: Uint8Array, receiver: number): Uint8Array {
  const address = Buffer.alloc(4);
  address.writeUInt32BE(receiver);
  return createHmac('sha256', key)
    .update(address)
    .update(packet.subarray(0, packetOffsets.mac))
    .update(packet.subarray(packetOffsets.mac + MAC_BYTES))
    .digest()
    .subarray(0, MAC_BYTES);
}
