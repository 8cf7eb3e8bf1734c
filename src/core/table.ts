/**
 * The cluster table: the newest record of every node that was heard of lately.
 *
 * A record's age is counted at its origin and carried along, so clocks are never compared, and a
 * dead node ages out of all tables at the same moment without a verdict being sent.
 *
 * It is kept in columns with a row for each slot of the roster, the records as they came over the
 * wire: ten thousand nodes take 300 kB, and a relayed record that is known already costs a look at
 * its number.
 */
import type { Roster } from './cluster.ts';
import {
  decodeRecord,
  type NodeRecord,
  RECORD_BYTES,
  recordAgeMs,
  recordSequence,
  writeAge,
} from './wire/record.ts';
import { NO_VERSION } from './wire/version.ts';

export interface Table {
  readonly roster: Roster;
  /** RECORD_BYTES for each slot; their ages are void, `bornMs` counts. */
  readonly records: Uint8Array;
  /** When the record was measured, on the local monotonic clock in whole ms, modulo 2^32. */
  readonly bornMs: Uint32Array;
  /** 1: the slot has a record. */
  readonly known: Uint8Array;
  /** The sender's wall clock less the own, where it was heard directly; else NO_SKEW. */
  readonly skewMs: Int32Array;
  /** What the node itself has told; NO_VERSION where it was never heard. */
  readonly versions: Uint32Array;
  /** What `skew.ts` makes the next one from, and how many figures it has. */
  readonly nextSkewMs: Int32Array;
  readonly skewSamples: Uint8Array;
  size: number;
}

export const NO_SKEW = -0x80000000;
/** By so much a record's number rises in a tick of 1.5 s (`wire/record.ts`). */
const TICK_SEQUENCES = 6000;

/** The rows of nodes that `previous` knows are kept. */
export function createTable(roster: Roster, previous?: Table): Table {
  const count = roster.nodes.length;
  const table: Table = {
    roster,
    records: new Uint8Array(count * RECORD_BYTES),
    bornMs: new Uint32Array(count),
    known: new Uint8Array(count),
    skewMs: new Int32Array(count).fill(NO_SKEW),
    versions: new Uint32Array(count),
    nextSkewMs: new Int32Array(count).fill(NO_SKEW),
    skewSamples: new Uint8Array(count),
    size: 0,
  };
  if (!previous) return table;
  for (const [slot, { id }] of roster.nodes.entries()) {
    const old = previous.roster.slotOfId.get(id);
    if (old === undefined || previous.known[old] === 0) continue;
    const at = old * RECORD_BYTES;
    table.records.set(previous.records.subarray(at, at + RECORD_BYTES), slot * RECORD_BYTES);
    table.bornMs[slot] = previous.bornMs[old]!;
    table.skewMs[slot] = previous.skewMs[old]!;
    table.versions[slot] = previous.versions[old]!;
    table.nextSkewMs[slot] = previous.nextSkewMs[old]!;
    table.skewSamples[slot] = previous.skewSamples[old]!;
    table.known[slot] = 1;
    table.size += 1;
  }
  return table;
}

/**
 * Takes the record at `at` in `bytes` for a slot if it is newer than the known one. `isLatest`: it
 * came in the latest STATE of the node itself, so that a known record that seems newer by more than
 * a tick is of an earlier life, before whose end the node's clock went ahead.
 */
export function mergeRecord(
  table: Table,
  slot: number,
  bytes: Uint8Array,
  at: number,
  nowMs: number,
  isLatest = false,
): boolean {
  const row = slot * RECORD_BYTES;
  const isKnown = table.known[slot] === 1;
  const sequence = recordSequence(bytes, at);
  if (isKnown && !isNewer(sequence, recordSequence(table.records, row), isLatest)) return false;
  for (let index = 0; index < RECORD_BYTES; index += 1) {
    table.records[row + index] = bytes[at + index]!;
  }
  table.bornMs[slot] = Math.floor(nowMs - recordAgeMs(bytes, at));
  if (!isKnown) table.size += 1;
  table.known[slot] = 1;
  return true;
}

/** Since the slot's record was measured; Infinity where there is none. */
export function ageOf(table: Table, slot: number, nowMs: number): number {
  if (table.known[slot] === 0) return Infinity;
  return (Math.floor(nowMs) - table.bornMs[slot]!) >>> 0;
}

/** The record as it may be sent now. */
export function recordOf(table: Table, slot: number, nowMs: number): NodeRecord | undefined {
  if (table.known[slot] === 0) return undefined;
  const record = decodeRecord(table.records, slot * RECORD_BYTES);
  return { ...record, ageMs: ageOf(table, slot, nowMs) };
}

/** Copies the records of `slots` to `target`, their ages counted up to now. */
export function copyRecords(
  table: Table,
  slots: readonly number[],
  target: Uint8Array,
  nowMs: number,
): void {
  for (const [index, slot] of slots.entries()) {
    const row = slot * RECORD_BYTES;
    target.set(table.records.subarray(row, row + RECORD_BYTES), index * RECORD_BYTES);
    writeAge(target, index * RECORD_BYTES, ageOf(table, slot, nowMs));
  }
}

/** Removes the nodes whose record is older than `memberMs`, and returns their slots. */
export function dropSilent(table: Table, nowMs: number, memberMs: number): number[] {
  const dropped: number[] = [];
  for (let slot = 0; slot < table.known.length; slot += 1) {
    if (table.known[slot] === 0 || ageOf(table, slot, nowMs) <= memberMs) continue;
    forgetRecord(table, slot);
    dropped.push(slot);
  }
  return dropped;
}

export function forgetRecord(table: Table, slot: number): void {
  if (table.known[slot] === 0) return;
  table.known[slot] = 0;
  table.skewMs[slot] = NO_SKEW;
  table.versions[slot] = NO_VERSION;
  table.nextSkewMs[slot] = NO_SKEW;
  table.skewSamples[slot] = 0;
  table.size -= 1;
}

/** Sequence numbers are compared modulo 2^32 (RFC 1982). */
function isNewer(sequence: number, than: number, isLatest: boolean): boolean {
  if (isLatest && (than - sequence) >>> 0 > TICK_SEQUENCES) return true;
  return sequence !== than && (sequence - than) >>> 0 < 0x80000000;
}
