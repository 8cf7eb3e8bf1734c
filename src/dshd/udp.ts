/** The datagrams between daemons: addresses outside, node ids inside. */
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { readU32 } from '../core/wire/bytes.ts';
import { packetOffsets } from '../core/wire/packet.ts';
import { joinGroup } from './multicast.ts';
import type { MulticastGroup } from './options.ts';
import { bindError } from './setup-error.ts';

/** All addresses of each node, those to be used first in front. */
export type Addresses = ReadonlyMap<number, readonly string[]>;

export interface DatagramPort {
  send(to: number, bytes: Uint8Array): void;
  /** From now on these are the addresses of the nodes. */
  setAddresses(addresses: Addresses): void;
  close(): void;
}

export interface DatagramPortOptions {
  readonly port: number;
  readonly listen: string | undefined;
  readonly multicast: MulticastGroup | undefined;
  /** This daemon's own node. */
  readonly selfId: number;
  /** `from` is undefined when no node has the address. */
  onDatagram(from: number | undefined, bytes: Uint8Array): void;
}

/** What the core calls the multicast group (core/send.ts). */
const GROUP_ID = 0;

/** Throws an Error of one line if the port cannot be had. */
export async function openDatagramPort(options: DatagramPortOptions): Promise<DatagramPort> {
  const { port, listen, multicast, selfId, onDatagram } = options;
  const socket = await bind(listen, port, multicast !== undefined);
  const isIpv6Socket = isIPv6(socket.address().address);
  let targetOf: ReadonlyMap<number, string> = new Map();
  let nodeAt: ReadonlyMap<string, number> = new Map();

  const take: Parameters<typeof joinGroup>[0]['onMessage'] = (bytes, remote) => {
    // What this daemon told the group comes back as well, from whichever of its addresses.
    if (multicast && readU32(bytes, packetOffsets.sender) === selfId) return;
    const from = remote.port === port ? nodeAt.get(plainAddress(remote.address)) : undefined;
    // Not as a Buffer, whose slices take several times as long.
    onDatagram(from, new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  };
  socket.on('message', take);
  // An unreachable peer is no fault of this daemon: the peer's silence says it all.
  socket.on('error', () => {});
  const group = multicast
    ? await joinGroup({ multicast, listen, port, sender: socket, onMessage: take })
    : undefined;

  return {
    send(to, bytes) {
      const target = to === GROUP_ID ? group?.target : targetOf.get(to);
      // Without a callback: node would make a turn of its queue for each. What cannot be sent is lost.
      if (target !== undefined) socket.send(bytes, port, target);
    },
    setAddresses(addresses) {
      targetOf = new Map(
        [...addresses].flatMap(([id, all]) => chooseTarget(id, all, isIpv6Socket)),
      );
      nodeAt = new Map(
        [...addresses].flatMap(([id, all]) => all.map((address) => [address, id] as const)),
      );
    },
    close() {
      group?.close();
      socket.close();
    },
  };
}

/** A socket of one family refuses addresses of the other at once. */
function chooseTarget(
  id: number,
  addresses: readonly string[],
  isIpv6Socket: boolean,
): [number, string][] {
  const address = addresses.find((each) => isIpv6Socket || !isIPv6(each));
  if (address === undefined) return [];
  return [[id, isIpv6Socket && !isIPv6(address) ? `::ffff:${address}` : address]];
}

/** All addresses are literal: node would otherwise take a turn of its loop for each packet. */
function asItIs(family: 4 | 6): NonNullable<SocketOptions['lookup']> {
  return (address, _options, callback) => callback(null, address, family);
}

/** Any address means both families where the host has IPv6. */
async function bind(listen: string | undefined, port: number, isShared: boolean): Promise<Socket> {
  const addresses = listen === undefined ? ['::', '0.0.0.0'] : [listen];
  let failure: unknown;
  for (const address of addresses) {
    const family = isIPv6(address) ? 6 : 4;
    const lookup = asItIs(family);
    const socket = createSocket({ type: `udp${family}`, reuseAddr: isShared, lookup });
    try {
      // Before it is bound, since with a lookup that does not wait it listens at once.
      const listening = once(socket, 'listening');
      socket.bind({ address, port, exclusive: true });
      await listening;
      return socket;
    } catch (error) {
      socket.close();
      failure = error;
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') break;
    }
  }
  const place = listen === undefined ? `UDP port ${port}` : `UDP port ${port} of ${listen}`;
  throw bindError(place, '--udp-port or --listen', failure);
}

function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
