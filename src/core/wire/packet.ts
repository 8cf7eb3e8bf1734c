/**
 * The datagrams between daemons. Every packet is
 *
 *     magic    2  "dS"
 *     version  1  PACKET_VERSION
 *     type     1  a number of `packetTypes`
 *     key id   1  0: not authenticated
 *     flags    1  0
 *     sender   4  node id
 *     epoch    8  milliseconds since 1970 at which the sender started
 *     counter  8  rises with every packet of the epoch
 *     mac     16  zeros without a key
 *
 * big endian, followed by
 *
 *     STATE    live jobs 2, then records: the sender's own first
 *     PROBE    nonce 4
 *     RESERVE  nonce 4, job 4, kind 1, CPUs 2 (eighths), memory 2
 *     REPLY    nonce 4, one record; answers PROBE and RESERVE
 *     STARTED  job 4
 *     ENDED    job 4
 *
 * STATE's `live jobs` is how many jobs of the sender run on the receiver: an absolute figure, so
 * that what lost packets left wrong is right again within a tick.
 *
 * A record is 24 bytes: id 4, sequence 4, age in 4 ms 2, load in 1/64 2, load average in 1/64 2,
 * CPUs in 1/8 2, free memory 2, total memory 2, jobs 2, placements 1, flags 1. Memory is a small
 * float of 11 bits and a 5-bit power of two, in KiB. Figures that do not fit are cut to the largest.
 *
 * A STATE of one record is 68 bytes, 96 with its IP and UDP headers.
 */
import { type ByteReader, type ByteWriter, createReader, createWriter } from './bytes.ts';

export const PACKET_VERSION = 1;
export const PACKET_BYTES_MAX = 1400;
export const PACKET_HEADER_BYTES = 42;
export const RECORD_BYTES = 24;

/** What a node says of itself. */
export interface NodeRecord {
  readonly id: number;
  readonly sequence: number;
  /** Age since it was measured, at the time of sending. */
  readonly ageMs: number;
  /** Runnable processes, averaged over a second, with reservations. */
  readonly load: number;
  /** The kernel's load average over a minute, with reservations. */
  readonly loadavg: number;
  readonly cpus: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Live jobs of dsh on it. */
  readonly jobs: number;
  /** How many jobs it placed so far, modulo 256. */
  readonly placements: number;
  readonly draining: boolean;
  /** Processes are held up for want of memory. */
  readonly pressed: boolean;
}

/** `job` ends by ENDED; `hold` is the virtual load of a client that never says so. */
export type ReservationKind = 'job' | 'hold';

export type PacketBody =
  | { readonly type: 'state'; readonly liveJobs: number; readonly records: readonly NodeRecord[] }
  | { readonly type: 'probe'; readonly nonce: number }
  | { readonly type: 'reply'; readonly nonce: number; readonly record: NodeRecord }
  | {
      readonly type: 'reserve';
      readonly nonce: number;
      readonly job: number;
      readonly kind: ReservationKind;
      readonly cpus: number;
      readonly memoryBytes: number;
    }
  | { readonly type: 'started'; readonly job: number }
  | { readonly type: 'ended'; readonly job: number };

export interface Packet {
  readonly sender: number;
  readonly epoch: number;
  readonly counter: number;
  readonly body: PacketBody;
}

export type DecodedPacket =
  | { readonly ok: true; readonly packet: Packet }
  | { readonly ok: false; readonly reason: string };

const MAGIC = 0x6453;
const MAC_BYTES = 16;
const packetTypes = { state: 1, probe: 2, reply: 3, reserve: 4, started: 5, ended: 6 } as const;
const reservationKinds = { job: 0, hold: 1 } as const;
const flagBits = { draining: 1, pressed: 2 } as const;

export function encodePacket({ sender, epoch, counter, body }: Packet): Uint8Array {
  const writer = createWriter(128);
  writer.u16(MAGIC);
  writer.u8(PACKET_VERSION);
  writer.u8(packetTypes[body.type]);
  writer.u16(0);
  writer.u32(sender);
  writer.u64(epoch);
  writer.u64(counter);
  writer.bytes(new Uint8Array(MAC_BYTES));
  writeBody(writer, body);
  return writer.finish();
}

export function decodePacket(bytes: Uint8Array): DecodedPacket {
  if (bytes.byteLength > PACKET_BYTES_MAX) {
    return { ok: false, reason: `${bytes.byteLength} bytes, more than ${PACKET_BYTES_MAX}` };
  }
  const reader = createReader(bytes);
  if (reader.u16() !== MAGIC) return { ok: false, reason: 'not a packet of dshd' };
  const version = reader.u8();
  if (version !== PACKET_VERSION) return { ok: false, reason: `version ${version}` };
  const type = reader.u8();
  if (reader.u16() !== 0) return { ok: false, reason: 'authenticated, and no key is known here' };
  const sender = reader.u32();
  const epoch = reader.u64();
  const counter = reader.u64();
  reader.bytes(MAC_BYTES);
  const body = readBody(type, reader);
  if (!body || !reader.isExhausted()) return { ok: false, reason: `malformed, type ${type}` };
  return { ok: true, packet: { sender, epoch, counter, body } };
}

function writeBody(writer: ByteWriter, body: PacketBody): void {
  switch (body.type) {
    case 'state':
      writer.u16(saturate(body.liveJobs, 0xffff));
      for (const record of body.records) writeRecord(writer, record);
      return;
    case 'probe':
      writer.u32(body.nonce);
      return;
    case 'reply':
      writer.u32(body.nonce);
      writeRecord(writer, body.record);
      return;
    case 'reserve':
      writer.u32(body.nonce);
      writer.u32(body.job);
      writer.u8(reservationKinds[body.kind]);
      writer.u16(saturate(body.cpus * 8, 0xffff));
      writer.u16(encodeMemory(body.memoryBytes));
      return;
    case 'started':
    case 'ended':
      writer.u32(body.job);
      return;
  }
}

function readBody(type: number, reader: ByteReader): PacketBody | undefined {
  switch (type) {
    case packetTypes.state: {
      const liveJobs = reader.u16();
      const count = reader.remaining() / RECORD_BYTES;
      if (!Number.isInteger(count) || count < 1) return undefined;
      const records = Array.from({ length: count }, () => readRecord(reader));
      return { type: 'state', liveJobs, records };
    }
    case packetTypes.probe:
      return { type: 'probe', nonce: reader.u32() };
    case packetTypes.reply:
      return { type: 'reply', nonce: reader.u32(), record: readRecord(reader) };
    case packetTypes.reserve:
      return {
        type: 'reserve',
        nonce: reader.u32(),
        job: reader.u32(),
        kind: reader.u8() === reservationKinds.hold ? 'hold' : 'job',
        cpus: reader.u16() / 8,
        memoryBytes: decodeMemory(reader.u16()),
      };
    case packetTypes.started:
      return { type: 'started', job: reader.u32() };
    case packetTypes.ended:
      return { type: 'ended', job: reader.u32() };
    default:
      return undefined;
  }
}

function writeRecord(writer: ByteWriter, record: NodeRecord): void {
  writer.u32(record.id);
  writer.u32(record.sequence >>> 0);
  writer.u16(saturate(record.ageMs / 4, 0xffff));
  writer.u16(saturate(record.load * 64, 0xffff));
  writer.u16(saturate(record.loadavg * 64, 0xffff));
  writer.u16(saturate(record.cpus * 8, 0xffff));
  writer.u16(encodeMemory(record.freeBytes));
  writer.u16(encodeMemory(record.totalBytes));
  writer.u16(saturate(record.jobs, 0xffff));
  writer.u8(record.placements & 0xff);
  writer.u8((record.draining ? flagBits.draining : 0) | (record.pressed ? flagBits.pressed : 0));
}

function readRecord(reader: ByteReader): NodeRecord {
  const id = reader.u32();
  const sequence = reader.u32();
  const ageMs = reader.u16() * 4;
  const load = reader.u16() / 64;
  const loadavg = reader.u16() / 64;
  const cpus = Math.max(1, reader.u16()) / 8;
  const freeBytes = decodeMemory(reader.u16());
  const totalBytes = decodeMemory(reader.u16());
  const jobs = reader.u16();
  const placements = reader.u8();
  const flags = reader.u8();
  const draining = (flags & flagBits.draining) !== 0;
  const pressed = (flags & flagBits.pressed) !== 0;
  return {
    id,
    sequence,
    ageMs,
    load,
    loadavg,
    cpus,
    freeBytes,
    totalBytes,
    jobs,
    placements,
    draining,
    pressed,
  };
}

function saturate(value: number, max: number): number {
  return Math.max(0, Math.min(max, Math.round(value)));
}

const MANTISSA_MAX = 2047;
const EXPONENT_MAX = 31;

/** Rounds down, so that no node ever promises memory that it has not. */
export function encodeMemory(bytes: number): number {
  let mantissa = Math.max(0, Math.floor(bytes / 1024));
  let exponent = 0;
  while (mantissa > MANTISSA_MAX && exponent < EXPONENT_MAX) {
    mantissa = Math.floor(mantissa / 2);
    exponent += 1;
  }
  return (exponent << 11) | Math.min(mantissa, MANTISSA_MAX);
}

export function decodeMemory(code: number): number {
  return (code & MANTISSA_MAX) * 2 ** (code >> 11) * 1024;
}
