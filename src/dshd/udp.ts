/** The datagrams between daemons: addresses outside, node ids inside. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { bindError } from './setup-error.ts';

export interface DatagramPort {
  send(to: number, bytes: Uint8Array): void;
  /** From now on these are the addresses of the nodes. */
  setAddresses(addresses: ReadonlyMap<number, string>): void;
  close(): void;
}

export interface DatagramPortOptions {
  readonly port: number;
  readonly listen: string | undefined;
  /** `from` is undefined when no node has the address. */
  onDatagram(from: number | undefined, bytes: Uint8Array): void;
}

/** Throws an Error of one line if the port cannot be had. */
export async function openDatagramPort(options: DatagramPortOptions): Promise<DatagramPort> {
  const { port, listen, onDatagram } = options;
  const socket = await bind(listen, port);
  const isIpv6Socket = isIPv6(socket.address().address);
  let addressOf: ReadonlyMap<number, string> = new Map();
  let nodeAt: ReadonlyMap<string, number> = new Map();

  socket.on('message', (bytes, remote) => {
    const from = remote.port === port ? nodeAt.get(plainAddress(remote.address)) : undefined;
    onDatagram(from, bytes);
  });
  // An unreachable peer is no fault of this daemon: the peer's silence says it all.
  socket.on('error', () => {});

  return {
    send(to, bytes) {
      const address = addressOf.get(to);
      if (address === undefined) return;
      // A socket of one family refuses addresses of the other at once.
      const target = isIpv6Socket && !isIPv6(address) ? `::ffff:${address}` : address;
      socket.send(bytes, port, target, () => {});
    },
    setAddresses(addresses) {
      addressOf = addresses;
      nodeAt = new Map([...addresses].map(([id, address]) => [address, id]));
    },
    close: () => socket.close(),
  };
}

/** Any address means both families where the host has IPv6. */
async function bind(listen: string | undefined, port: number): Promise<Socket> {
  const addresses = listen === undefined ? ['::', '0.0.0.0'] : [listen];
  let failure: unknown;
  for (const address of addresses) {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    try {
      socket.bind({ address, port, exclusive: true });
      await once(socket, 'listening');
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
