/**
 * The cluster table: the newest record of every node that was heard of lately.
 *
 * A record's age is counted at its origin and carried along, so clocks are never compared, and a
 * dead node ages out of all tables at the same moment without a verdict being sent.
 */
import type { NodeRecord } from './wire/packet.ts';

export interface TableEntry {
  readonly record: NodeRecord;
  /** When the record was measured, on the local monotonic clock. */
  readonly bornMs: number;
  readonly epoch: number;
  /** Probes in a row that this node left unanswered since the record came. */
  missedProbes: number;
}

export type Table = Map<number, TableEntry>;

export type MergeResult = 'newer' | 'known' | 'restarted';

/**
 * Takes a record in if it is newer than the one known. `restarted`: it is the first of a new epoch,
 * so that what was known of the node's jobs is void.
 */
export function mergeRecord(
  table: Table,
  record: NodeRecord,
  epoch: number,
  nowMs: number,
): MergeResult {
  const known = table.get(record.id);
  if (known && known.epoch > epoch) return 'known';
  if (known && known.epoch === epoch && !isNewer(record.sequence, known.record.sequence)) {
    return 'known';
  }
  table.set(record.id, { record, bornMs: nowMs - record.ageMs, epoch, missedProbes: 0 });
  return known && known.epoch < epoch ? 'restarted' : 'newer';
}

/** Removes the nodes whose record is older than `memberMs`, and returns their ids. */
export function dropSilent(table: Table, nowMs: number, memberMs: number): number[] {
  const dropped = [...table].filter(([, entry]) => nowMs - entry.bornMs > memberMs);
  for (const [id] of dropped) table.delete(id);
  return dropped.map(([id]) => id);
}

/** Sequence numbers are compared modulo 2^32 (RFC 1982). */
function isNewer(sequence: number, than: number): boolean {
  return sequence !== than && (sequence - than) >>> 0 < 0x80000000;
}
