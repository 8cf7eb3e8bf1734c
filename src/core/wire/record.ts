/**
 * What a node says of itself, in 20 bytes, big endian:
 *
 *     id            4
 *     sequence      4   quarter milliseconds since 1970, modulo 2^32, or one more than the last
 *     age          12 bits, in 4 ms, rounded up
 *     free memory  12 bits, in 1/4095 of the total, rounded down
 *     load         12 bits, in 1/64
 *     load average 12 bits, in 1/64
 *     CPUs         12 bits, in 1/8
 *     flags         4 bits: 1 draining, 2 held up for want of memory
 *     total memory  2   11 bits and a 5-bit power of two, in KiB, rounded down
 *     jobs          1   5 bits and a 3-bit power of two, rounded down
 *     placements    1   modulo 256
 *
 * Figures of 12 bits are 9 bits and a 3-bit power of two: exact up to 511 units, then to 1 in 256.
 * What does not fit is cut to the largest. So 64 of them, relayed, fit a datagram that no router
 * cuts up, and a table of 10,000 nodes is 200 kB: it keeps the records as they came.
 *
 * The sequence follows the time so that a node that was started anew is newer than it was before,
 * also for those who hear of it by others and never see its epoch. It comes round after 12 days, and
 * two records are compared only within the minutes in which a table keeps them.
 */
import { readU32, writeU16, writeU32 } from './bytes.ts';

export const RECORD_BYTES = 20;

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

/** A record at most this old can be relayed without seeming younger than it is. */
export const AGE_MS_MAX = 511 * 2 ** 7 * 4;

export function encodeRecord(record: NodeRecord): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  const total = encodeMemory(record.totalBytes);
  writeU32(bytes, 0, record.id);
  writeU32(bytes, 4, record.sequence);
  writePair(bytes, 8, encodeAge(record.ageMs), encodeShare(record.freeBytes, decodeMemory(total)));
  const load = encodeSmall(record.load * 64, FIGURE, Math.round);
  writePair(bytes, 11, load, encodeSmall(record.loadavg * 64, FIGURE, Math.round));
  const cpus = encodeSmall(Math.max(1, record.cpus * 8), FIGURE, Math.round);
  const flags = (record.draining ? DRAINING : 0) | (record.pressed ? PRESSED : 0);
  writeU16(bytes, 14, (cpus << 4) | flags);
  writeU16(bytes, 16, total);
  bytes[18] = encodeSmall(record.jobs, COUNT, Math.floor);
  bytes[19] = record.placements;
  return bytes;
}

/** Any 20 bytes are a record. */
export function decodeRecord(bytes: Uint8Array, at: number): NodeRecord {
  const flags = recordFlags(bytes, at);
  return {
    id: recordId(bytes, at),
    sequence: recordSequence(bytes, at),
    ageMs: recordAgeMs(bytes, at),
    load: recordLoad(bytes, at),
    loadavg: recordLoadavg(bytes, at),
    cpus: recordCpus(bytes, at),
    freeBytes: recordFreeBytes(bytes, at),
    totalBytes: recordTotalBytes(bytes, at),
    jobs: recordJobs(bytes, at),
    placements: recordPlacements(bytes, at),
    draining: (flags & DRAINING) !== 0,
    pressed: (flags & PRESSED) !== 0,
  };
}

// A choice looks at hundreds of records and at a few figures of each, so each can be had alone.

export function recordId(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at);
}

export function recordSequence(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + 4);
}

export function recordAgeMs(bytes: Uint8Array, at: number): number {
  return decodeSmall((bytes[at + 8]! << 4) | (bytes[at + 9]! >> 4), FIGURE) * 4;
}

export function recordFreeBytes(bytes: Uint8Array, at: number): number {
  const share = ((bytes[at + 9]! & 0xf) << 8) | bytes[at + 10]!;
  return decodeShare(share, recordTotalBytes(bytes, at));
}

export function recordLoad(bytes: Uint8Array, at: number): number {
  return decodeSmall((bytes[at + 11]! << 4) | (bytes[at + 12]! >> 4), FIGURE) / 64;
}

export function recordLoadavg(bytes: Uint8Array, at: number): number {
  return decodeSmall(((bytes[at + 12]! & 0xf) << 8) | bytes[at + 13]!, FIGURE) / 64;
}

export function recordCpus(bytes: Uint8Array, at: number): number {
  const code = (bytes[at + 14]! << 4) | (bytes[at + 15]! >> 4);
  return Math.max(1, decodeSmall(code, FIGURE)) / 8;
}

export function recordFlags(bytes: Uint8Array, at: number): number {
  return bytes[at + 15]! & 0xf;
}

export function recordTotalBytes(bytes: Uint8Array, at: number): number {
  return decodeMemory((bytes[at + 16]! << 8) | bytes[at + 17]!);
}

export function recordJobs(bytes: Uint8Array, at: number): number {
  return decodeSmall(bytes[at + 18]!, COUNT);
}

export function recordPlacements(bytes: Uint8Array, at: number): number {
  return bytes[at + 19]!;
}

export const DRAINING = 1;
export const PRESSED = 2;

/** What a relay changes: the time for which it held the record is added. */
export function writeAge(bytes: Uint8Array, at: number, ageMs: number): void {
  const code = encodeAge(ageMs);
  bytes[at + 8] = code >> 4;
  bytes[at + 9] = ((code & 0xf) << 4) | (bytes[at + 9]! & 0xf);
}

interface SmallFloat {
  readonly mantissaBits: number;
  readonly exponentMax: number;
}

const FIGURE: SmallFloat = { mantissaBits: 9, exponentMax: 7 };
const COUNT: SmallFloat = { mantissaBits: 5, exponentMax: 7 };
const MEMORY: SmallFloat = { mantissaBits: 11, exponentMax: 31 };
const SHARE_MAX = 4095;

/** Rounded up: no view may take a node for younger than it is. */
function encodeAge(ageMs: number): number {
  return encodeSmall(ageMs / 4, FIGURE, Math.ceil);
}

/** Rounds down, so that no node ever promises memory that it has not. */
export function encodeMemory(bytes: number): number {
  return encodeSmall(bytes / 1024, MEMORY, Math.floor);
}

export function decodeMemory(code: number): number {
  return decodeSmall(code, MEMORY) * 1024;
}

/**
 * The fraction of a byte makes up for the one that decoding cuts off. At a pebibyte a double has no
 * room for it, and what is decoded would be a byte too much.
 */
function encodeShare(freeBytes: number, totalBytes: number): number {
  if (totalBytes === 0) return 0;
  const wanted = Math.floor((SHARE_MAX * (Math.floor(freeBytes) + 0.9999)) / totalBytes);
  const share = Math.max(0, Math.min(SHARE_MAX, wanted));
  return share > 0 && decodeShare(share, totalBytes) > freeBytes ? share - 1 : share;
}

function decodeShare(share: number, totalBytes: number): number {
  return Math.floor((share * totalBytes) / SHARE_MAX);
}

function encodeSmall(
  units: number,
  { mantissaBits, exponentMax }: SmallFloat,
  round: (value: number) => number,
): number {
  const mantissaMax = 2 ** mantissaBits - 1;
  let exponent = 0;
  let mantissa = Math.max(0, round(units));
  while (mantissa > mantissaMax && exponent < exponentMax) {
    exponent += 1;
    mantissa = round(units / 2 ** exponent);
  }
  return (exponent << mantissaBits) | Math.min(mantissa, mantissaMax);
}

function decodeSmall(code: number, { mantissaBits }: SmallFloat): number {
  return (code & ((1 << mantissaBits) - 1)) * 2 ** (code >> mantissaBits);
}

function writePair(bytes: Uint8Array, at: number, first: number, second: number): void {
  bytes[at] = first >> 4;
  bytes[at + 1] = ((first & 0xf) << 4) | (second >> 8);
  bytes[at + 2] = second;
}
