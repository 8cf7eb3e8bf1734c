/** A node that is not a daemon: it sends what it is told, from an address of the cluster, and keeps what comes. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { nodeId } from '../../src/core/cluster.ts';
import { type Packet, type PacketBody } from '../../src/core/wire/packet.ts';
import { decodePacket, encodePacket, findFault } from '../../src/core/wire/packet-codec.ts';
import { createAuthenticator } from '../../src/dshd/authenticator.ts';
import { ports } from '../../lab/network.ts';
import { waitUntil } from '../../lab/wait.ts';

export interface RawPeer {
  /** All packets that came, in order. */
  readonly received: Packet[];
  /** An encoded and sealed packet of this peer. */
  seal(body: PacketBody, more?: SealOptions): Uint8Array;
  send(bytes: Uint8Array, to: string): Promise<void>;
  /** Sends a sound PROBE and waits for its answer: all that was sent before was looked at by then. */
  probe(to: string, receiver: string): Promise<void>;
  close(): Promise<void>;
}

export interface SealOptions {
  readonly receiver?: string;
  readonly secret?: Uint8Array;
  readonly keyId?: number;
  readonly clusterName?: string;
  readonly epoch?: number;
  readonly counter?: number;
}

export async function openRawPeer(
  name: string,
  address: string,
  secret: Uint8Array,
): Promise<RawPeer> {
  const socket: Socket = createSocket('udp4');
  const listening = once(socket, 'listening');
  socket.bind({ address, port: ports.udp });
  await listening;
  const received: Packet[] = [];
  socket.on('message', (bytes) => {
    const packet = findFault(bytes) === undefined ? decodePacket(bytes) : undefined;
    if (packet) received.push(packet);
  });
  const epoch = Date.now();
  let counter = 0;
  let nonce = 1_000_000;

  const peer: RawPeer = {
    received,
    seal(body, more = {}) {
      counter += 1;
      const header = { sender: nodeId(name), isMulticast: false, epoch, counter, ...more };
      const bytes = encodePacket({ ...header, body });
      const keys = [{ id: more.keyId ?? 1, secret: more.secret ?? secret }];
      const receiver = nodeId(more.receiver ?? 'h1');
      createAuthenticator(keys, more.clusterName ?? 'dsh').seal(bytes, receiver);
      return bytes;
    },
    send: (bytes, to) =>
      new Promise((resolve, reject) => {
        socket.send(bytes, ports.udp, to, (error) => (error ? reject(error) : resolve()));
      }),
    async probe(to, receiver) {
      nonce += 1;
      const asked = nonce;
      await peer.send(peer.seal({ type: 'probe', nonce: asked }, { receiver }), to);
      await waitUntil('the answer to a sound probe', () =>
        received.some(({ body }) => body.type === 'reply' && body.nonce === asked),
      );
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  return peer;
}
