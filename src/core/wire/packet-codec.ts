/**
 * Writes and reads the packets of packet.ts. Reading returns a value or the reason; it never throws.
 *
 * An idle daemon does little else. So fields are read where they stand, and not through a reader,
 * whose closures cost as much again as the reading.
 */
import { readU16, readU32, readU48, writeU16, writeU32, writeU48 } from './bytes.ts';
import {
  MULTICAST_FLAG,
  PACKET_BYTES_MAX,
  PACKET_HEADER_BYTES,
  PACKET_MAGIC,
  PACKET_VERSION,
  type Packet,
  type PacketBody,
  packetOffsets,
  packetTypes,
  PAGES_MAX,
  RELAYED_MAX,
  RESERVE_JOBS_MAX,
  WELCOME_RECORDS,
} from './packet.ts';
import { decodeMemory, decodeRecord, encodeMemory, encodeRecord, RECORD_BYTES } from './record.ts';
import type { RefusalKind } from './refusal.ts';

export function encodePacket({ sender, epoch, counter, isMulticast, body }: Packet): Uint8Array {
  const bytes = new Uint8Array(PACKET_HEADER_BYTES + bodyLength(body));
  writeU16(bytes, 0, PACKET_MAGIC);
  bytes[packetOffsets.version] = PACKET_VERSION;
  bytes[packetOffsets.type] = packetTypes[body.type];
  bytes[packetOffsets.flags] = isMulticast ? MULTICAST_FLAG : 0;
  writeU32(bytes, packetOffsets.sender, sender);
  writeU48(bytes, packetOffsets.epoch, epoch);
  writeU48(bytes, packetOffsets.counter, counter);
  writeBody(bytes, PACKET_HEADER_BYTES, body);
  return bytes;
}

/** What can be seen of a datagram before its MAC is checked; undefined: it may be a packet. */
export function findFault(bytes: Uint8Array): RefusalKind | undefined {
  if (bytes.byteLength > PACKET_BYTES_MAX) return 'oversized';
  if (bytes.byteLength < PACKET_HEADER_BYTES) return 'truncated';
  if (((bytes[0]! << 8) | bytes[1]!) !== PACKET_MAGIC) return 'foreign';
  return bytes[packetOffsets.version] === PACKET_VERSION ? undefined : 'version';
}

/** Undefined: malformed. To be called only if `findFault` found none. */
export function decodePacket(bytes: Uint8Array): Packet | undefined {
  const flags = bytes[packetOffsets.flags]!;
  const body = readBody(bytes[packetOffsets.type]!, bytes, PACKET_HEADER_BYTES);
  if (!body || (flags & ~MULTICAST_FLAG) !== 0) return undefined;
  const isMulticast = flags === MULTICAST_FLAG;
  // Everything but a statement is meant for one node alone.
  if (isMulticast && body.type !== 'state') return undefined;
  return {
    sender: readU32(bytes, packetOffsets.sender),
    epoch: readU48(bytes, packetOffsets.epoch),
    counter: readU48(bytes, packetOffsets.counter),
    isMulticast,
    body,
  };
}

/** Of what comes before the records of those that have some. */
const lengths = {
  state: 11,
  probe: 4,
  reply: 4,
  reserve: 15,
  started: 4,
  ended: 4,
  hello: 6,
  welcome: 8,
} as const satisfies { readonly [Type in PacketBody['type']]: number };

function bodyLength(body: PacketBody): number {
  if (body.type === 'reply') return lengths.reply + RECORD_BYTES;
  const hasRecords = body.type === 'state' || body.type === 'welcome';
  return lengths[body.type] + (hasRecords ? body.records.byteLength : 0);
}

function writeBody(bytes: Uint8Array, at: number, body: PacketBody): void {
  switch (body.type) {
    case 'state':
      writeU16(bytes, at, saturate(body.liveJobs));
      writeU16(bytes, at + 2, body.jobsHash);
      writeU32(bytes, at + 4, body.clock);
      writeU16(bytes, at + 8, body.version >>> 8);
      bytes[at + 10] = body.version;
      bytes.set(body.records, at + lengths.state);
      return;
    case 'probe':
      writeU32(bytes, at, body.nonce);
      return;
    case 'reply':
      writeU32(bytes, at, body.nonce);
      bytes.set(encodeRecord(body.record), at + lengths.reply);
      return;
    case 'reserve':
      writeU32(bytes, at, body.nonce);
      writeU32(bytes, at + 4, body.job);
      writeU16(bytes, at + 8, body.count);
      bytes[at + 10] = reservationKinds[body.kind];
      writeU16(bytes, at + 11, saturate(body.cpus * 8));
      writeU16(bytes, at + 13, encodeMemory(body.memoryBytes));
      return;
    case 'started':
    case 'ended':
      writeU32(bytes, at, body.job);
      return;
    case 'hello':
      writeU32(bytes, at, body.nonce);
      writeU16(bytes, at + 4, body.page);
      return;
    case 'welcome':
      writeU32(bytes, at, body.nonce);
      writeU16(bytes, at + 4, body.page);
      writeU16(bytes, at + 6, body.pages);
      bytes.set(body.records, at + lengths.welcome);
      return;
  }
}

function readBody(type: number, bytes: Uint8Array, at: number): PacketBody | undefined {
  const length = bytes.byteLength - at;
  switch (type) {
    case packetTypes.state: {
      const records = readRecords(bytes, at + lengths.state, 1, 1 + RELAYED_MAX);
      if (!records) return undefined;
      return {
        type: 'state',
        liveJobs: readU16(bytes, at),
        jobsHash: readU16(bytes, at + 2),
        clock: readU32(bytes, at + 4),
        version: (readU16(bytes, at + 8) << 8) | bytes[at + 10]!,
        records,
      };
    }
    case packetTypes.probe:
      return length === lengths.probe ? { type: 'probe', nonce: readU32(bytes, at) } : undefined;
    case packetTypes.reply: {
      if (length !== lengths.reply + RECORD_BYTES) return undefined;
      const record = decodeRecord(bytes, at + lengths.reply);
      return { type: 'reply', nonce: readU32(bytes, at), record };
    }
    case packetTypes.reserve:
      return length === lengths.reserve ? readReserve(bytes, at) : undefined;
    case packetTypes.started:
      return length === lengths.started ? { type: 'started', job: readU32(bytes, at) } : undefined;
    case packetTypes.ended:
      return length === lengths.ended ? { type: 'ended', job: readU32(bytes, at) } : undefined;
    case packetTypes.hello:
      if (length !== lengths.hello) return undefined;
      return { type: 'hello', nonce: readU32(bytes, at), page: readU16(bytes, at + 4) };
    case packetTypes.welcome: {
      const records = readRecords(bytes, at + lengths.welcome, 0, WELCOME_RECORDS);
      const pages = readU16(bytes, at + 6);
      if (!records || pages > PAGES_MAX) return undefined;
      const nonce = readU32(bytes, at);
      return { type: 'welcome', nonce, page: readU16(bytes, at + 4), pages, records };
    }
    default:
      return undefined;
  }
}

function readReserve(bytes: Uint8Array, at: number): PacketBody | undefined {
  const count = readU16(bytes, at + 8);
  if (count < 1 || count > RESERVE_JOBS_MAX) return undefined;
  return {
    type: 'reserve',
    nonce: readU32(bytes, at),
    job: readU32(bytes, at + 4),
    count,
    kind: bytes[at + 10] === reservationKinds.hold ? 'hold' : 'job',
    cpus: readU16(bytes, at + 11) / 8,
    memoryBytes: decodeMemory(readU16(bytes, at + 13)),
  };
}

/** All from `at` on, if it is a whole number of records in the bounds. */
function readRecords(
  bytes: Uint8Array,
  at: number,
  least: number,
  most: number,
): Uint8Array | undefined {
  const count = (bytes.byteLength - at) / RECORD_BYTES;
  if (!Number.isInteger(count) || count < least || count > most) return undefined;
  return bytes.subarray(at);
}

const reservationKinds = { job: 0, hold: 1 } as const;

function saturate(value: number): number {
  return Math.max(0, Math.min(0xffff, Math.round(value)));
}
