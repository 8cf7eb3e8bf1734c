/** Writes and reads the packets of packet.ts. Reading returns a value or the reason; it never throws. */
import { type ByteReader, type ByteWriter, createReader, createWriter } from './bytes.ts';
import {
  MAC_BYTES,
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
  const writer = createWriter(128);
  writer.u16(PACKET_MAGIC);
  writer.u8(PACKET_VERSION);
  writer.u8(packetTypes[body.type]);
  writer.u8(0);
  writer.u8(isMulticast ? MULTICAST_FLAG : 0);
  writer.u32(sender);
  writer.u48(epoch);
  writer.u48(counter);
  writer.bytes(noMac);
  writeBody(writer, body);
  return writer.finish();
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
  const reader = createReader(bytes);
  reader.bytes(packetOffsets.type);
  const type = reader.u8();
  reader.u8();
  const flags = reader.u8();
  const sender = reader.u32();
  const epoch = reader.u48();
  const counter = reader.u48();
  reader.bytes(MAC_BYTES);
  const body = readBody(type, reader);
  if (!body || !reader.isExhausted() || (flags & ~MULTICAST_FLAG) !== 0) return undefined;
  const isMulticast = flags === MULTICAST_FLAG;
  // Everything but a statement is meant for one node alone.
  if (isMulticast && body.type !== 'state') return undefined;
  return { sender, epoch, counter, isMulticast, body };
}

function writeBody(writer: ByteWriter, body: PacketBody): void {
  switch (body.type) {
    case 'state':
      writer.u16(saturate(body.liveJobs));
      writer.u16(body.jobsHash);
      writer.u32(body.clock);
      writer.bytes(body.records);
      return;
    case 'probe':
      writer.u32(body.nonce);
      return;
    case 'reply':
      writer.u32(body.nonce);
      writer.bytes(encodeRecord(body.record));
      return;
    case 'reserve':
      writer.u32(body.nonce);
      writer.u32(body.job);
      writer.u16(body.count);
      writer.u8(reservationKinds[body.kind]);
      writer.u16(saturate(body.cpus * 8));
      writer.u16(encodeMemory(body.memoryBytes));
      return;
    case 'started':
    case 'ended':
      writer.u32(body.job);
      return;
    case 'hello':
      writer.u32(body.nonce);
      writer.u16(body.page);
      return;
    case 'welcome':
      writer.u32(body.nonce);
      writer.u16(body.page);
      writer.u16(body.pages);
      writer.bytes(body.records);
      return;
  }
}

function readBody(type: number, reader: ByteReader): PacketBody | undefined {
  switch (type) {
    case packetTypes.state: {
      const counts = { liveJobs: reader.u16(), jobsHash: reader.u16(), clock: reader.u32() };
      const records = readRecords(reader, 1, 1 + RELAYED_MAX);
      return records && { type: 'state', ...counts, records };
    }
    case packetTypes.probe:
      return { type: 'probe', nonce: reader.u32() };
    case packetTypes.reply: {
      const nonce = reader.u32();
      const record = readRecords(reader, 1, 1);
      return record && { type: 'reply', nonce, record: decodeRecord(record, 0) };
    }
    case packetTypes.reserve:
      return readReserve(reader);
    case packetTypes.started:
      return { type: 'started', job: reader.u32() };
    case packetTypes.ended:
      return { type: 'ended', job: reader.u32() };
    case packetTypes.hello:
      return { type: 'hello', nonce: reader.u32(), page: reader.u16() };
    case packetTypes.welcome: {
      const place = { nonce: reader.u32(), page: reader.u16(), pages: reader.u16() };
      const records = readRecords(reader, 0, WELCOME_RECORDS);
      if (!records || place.pages > PAGES_MAX) return undefined;
      return { type: 'welcome', ...place, records };
    }
    default:
      return undefined;
  }
}

function readReserve(reader: ByteReader): PacketBody | undefined {
  const nonce = reader.u32();
  const job = reader.u32();
  const count = reader.u16();
  const kind = reader.u8() === reservationKinds.hold ? 'hold' : 'job';
  const cpus = reader.u16() / 8;
  const memoryBytes = decodeMemory(reader.u16());
  if (count < 1 || count > RESERVE_JOBS_MAX) return undefined;
  return { type: 'reserve', nonce, job, count, kind, cpus, memoryBytes };
}

/** All that is left of the packet, if it is a whole number of records in the bounds. */
function readRecords(reader: ByteReader, least: number, most: number): Uint8Array | undefined {
  const count = reader.remaining() / RECORD_BYTES;
  if (!Number.isInteger(count) || count < least || count > most) return undefined;
  return reader.bytes(count * RECORD_BYTES);
}

const noMac = new Uint8Array(MAC_BYTES);
const reservationKinds = { job: 0, hold: 1 } as const;

function saturate(value: number): number {
  return Math.max(0, Math.min(0xffff, Math.round(value)));
}
