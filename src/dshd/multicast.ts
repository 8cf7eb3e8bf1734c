/**
 * The multicast group of one LAN. It is sent to from the daemon's own socket, so that receivers see
 * the node's address, and listened to on a socket of its own, since one that is bound to an address
 * of the node gets nothing that was sent to the group. One that is bound to any address gets all that is
 * sent to groups which anybody on the node has joined: a second socket would have each packet twice.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { MulticastGroup } from './options.ts';
import { bindError } from './setup-error.ts';

export interface Group {
  /** What the daemon's own socket is to send to. */
  readonly target: string;
  close(): void;
}

export interface GroupOptions {
  readonly multicast: MulticastGroup;
  readonly listen: string | undefined;
  readonly port: number;
  readonly sender: Socket;
  onMessage(bytes: Uint8Array, remote: RemoteInfo): void;
}

/** Throws an Error of one line. */
export async function joinGroup(options: GroupOptions): Promise<Group> {
  const { multicast, port, sender, onMessage } = options;
  const { address } = multicast;
  let own: Socket | undefined;
  try {
    const place = interfaceOf(options);
    const target =
      isIPv6(address) && multicast.interfaceName
        ? `${address}%${multicast.interfaceName}`
        : address;
    if (!isAny(sender.address().address)) {
      own = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', reuseAddr: true });
      own.bind({ address: target, port, exclusive: true });
      await once(own, 'listening');
      own.on('message', onMessage);
      own.on('error', () => {});
    }
    (own ?? sender).addMembership(address, place);
    if (place !== undefined) sender.setMulticastInterface(place);
    return { target, close: () => own?.close() };
  } catch (error) {
    own?.close();
    throw bindError(`multicast group ${address}`, '--multicast or --listen', error);
  }
}

function isAny(address: string): boolean {
  return address === '::' || address === '0.0.0.0';
}

/** As the system wants it: an address of the interface for IPv4, its name for IPv6. */
function interfaceOf({ multicast, listen, sender }: GroupOptions): string | undefined {
  const { address, interfaceName } = multicast;
  if (isIPv6(sender.address().address) !== isIPv6(address)) {
    throw new Error('it is of another family than the address listened on');
  }
  if (isIPv6(address)) return interfaceName === undefined ? undefined : `::%${interfaceName}`;
  if (interfaceName === undefined) return listen;
  const found = networkInterfaces()[interfaceName]?.find(({ family }) => family === 'IPv4');
  if (!found) throw new Error(`interface ${interfaceName} has no IPv4 address`);
  return found.address;
}
