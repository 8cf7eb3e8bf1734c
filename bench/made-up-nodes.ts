/**
 * Nodes that are nothing but an address: they state a record often enough to be believed, and
 * answer when they are asked. A thousand real daemons do not fit on one machine.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { ports } from '../lab/network.ts';
import { nodeId } from '../src/core/cluster.ts';
import { TICK_MS } from '../src/core/daemon-state.ts';
import { decodePacket, encodePacket, findFault } from '../src/core/wire/packet-codec.ts';
import { JOBS_UNSTATED, type PacketBody } from '../src/core/wire/packet.ts';
import { encodeRecord, type NodeRecord } from '../src/core/wire/record.ts';
import { NO_VERSION } from '../src/core/wire/version.ts';
import { createAuthenticator } from '../src/dshd/authenticator.ts';
import { readKeys } from '../src/dshd/key-file.ts';

export interface MadeUpNode {
  readonly name: string;
  readonly address: string;
}

export interface MadeUpNodes {
  /** Nothing happens the second time. */
  close(): void;
}

/** Names and addresses beside those of a lab on loopback addresses, in its own 127.K.0.0/16. */
export function inventNodes(count: number, labAddress: string): readonly MadeUpNode[] {
  const network = labAddress.split('.').slice(0, 2).join('.');
  return Array.from({ length: count }, (_, index) => ({
    name: `made-up-${index + 1}`,
    address: `${network}.${1 + Math.floor(index / HOSTS_IN_NET)}.${1 + (index % HOSTS_IN_NET)}`,
  }));
}

/**
/**
 * Binds all of them, and has each tell the daemon of the node `listener` how it is, from now on. Their
 * packets are sealed with the key of that file, if there is one. `figuresOf`: what differs from the record of a busy
 * node, at the time when it is told.
 */
export async function startNodes(
  nodes: readonly MadeUpNode[],
  listener: MadeUpNode,
  keyFile: string | undefined,
  figuresOf: (index: number) => Partial<NodeRecord> = () => ({}),
): Promise<MadeUpNodes> {
  const { seal } = createAuthenticator(
    keyFile === undefined ? [] : readKeys(keyFile),
    CLUSTER_NAME,
  );
  const receiver = nodeId(listener.name);
  const send: Send = (socket, packet) => {
    seal(packet, receiver);
    socket.send(packet, ports.udp, listener.address);
  };
  const speakers = await Promise.all(
    nodes.map((node, index) => startNode(node, send, () => figuresOf(index))),
  );
  let next = 0;
  // A few at a time: all at once would overflow the socket's buffer at the other end.
  const timer = setInterval(() => {
    for (let told = 0; told < speakers.length / TURNS; told += 1) {
      speakers[next]!.tell();
      next = (next + 1) % speakers.length;
    }
  }, STATE_MS / TURNS);
  let isOpen = true;
  return {
    close() {
      if (!isOpen) return;
      isOpen = false;
      clearInterval(timer);
      for (const { socket } of speakers) socket.close();
    },
  };
}

/** The default of dshd. */
const CLUSTER_NAME = 'dsh';
const HOSTS_IN_NET = 250;
/** A record is believed for three ticks; two of them leave room for a delay. */
const STATE_MS = 2 * TICK_MS;
const TURNS = 100;

type Send = (socket: Socket, packet: Uint8Array) => void;

interface Speaker {
  readonly socket: Socket;
  tell(): void;
}

async function startNode(
  { name, address }: MadeUpNode,
  sendFrom: Send,
  figures: () => Partial<NodeRecord>,
): Promise<Speaker> {
  const sender = nodeId(name);
  const epoch = Date.now();
  let counter = 0;
  const socket = createSocket('udp4');
  socket.bind(ports.udp, address);
  await once(socket, 'listening');

  function send(body: (record: NodeRecord) => PacketBody): void {
    counter += 1;
    const told = body({ ...busyRecord(sender, counter), ...figures() });
    const packet = { sender, epoch, counter, isMulticast: false, body: told };
    sendFrom(socket, encodePacket(packet));
  }

  socket.on('message', (bytes) => {
    const body = findFault(bytes) === undefined ? decodePacket(bytes)?.body : undefined;
    if (body?.type !== 'probe' && body?.type !== 'reserve') return;
    send((record) => ({ type: 'reply', nonce: body.nonce, record }));
  });
  // A daemon that has ended is no fault of ours.
  socket.on('error', () => {});
  return {
    socket,
    tell: () =>
      send((record) => ({
        type: 'state',
        liveJobs: JOBS_UNSTATED,
        jobsHash: 0,
        clock: 0,
        version: NO_VERSION,
        records: encodeRecord(record),
      })),
  };
}

/** So busy that no command goes there, where none could run. */
function busyRecord(id: number, sequence: number): NodeRecord {
  return {
    id,
    sequence,
    ageMs: 0,
    load: 200,
    loadavg: 200,
    cpus: 2,
    freeBytes: 2 ** 33,
    totalBytes: 2 ** 34,
    jobs: 0,
    placements: 0,
    draining: false,
    pressed: false,
  };
}
