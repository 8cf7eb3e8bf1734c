/**
 * What a dispatcher states of its jobs here, against what the ledger has: RESERVE, STARTED and ENDED
 * can be lost, the statement that comes with each tick puts it right.
 */
import { type Ledger, type LedgerEntry, markEnded, markStarted, reserve } from './ledger.ts';

/** How many jobs, and a 16-bit sum that tells which. */
export interface Statement {
  readonly liveJobs: number;
  readonly jobsHash: number;
}

/** Adds up over the jobs, in any order. */
export function hashJob(sum: number, job: number): number {
  return (sum + (Math.imul(job + 1, 0x9e3779b1) >>> 16)) & 0xffff;
}

/**
 * Makes the live jobs of `origin` as many as it stated. Entries younger than `graceMs` are left
 * alone: their RESERVE may have overtaken the statement.
 *
 * As many, but others: an ENDED and a RESERVE were both lost. Which job is the wrong one cannot be
 * told, so all are taken for jobs of which nothing is known but their number.
 */
export function reconcile(
  ledger: Ledger,
  origin: number,
  { liveJobs, jobsHash }: Statement,
  nowMs: number,
  graceMs: number,
): void {
  const known = ledger.jobs.get(origin);
  // Most statements there are: no jobs, and none known.
  if (liveJobs === 0 && known === undefined) return;
  const live = [...(known?.values() ?? [])];
  // No RESERVE can be behind an entry that a statement brought.
  const settled = live.filter(({ job, reservedMs }) => job < 0 || nowMs - reservedMs > graceMs);
  const others = live.length === liveJobs && settled.length === live.length;
  const isMistaken = others && live.every(({ job }) => job >= 0) && hashOf(live) !== jobsHash;
  const surplus = isMistaken ? live.length : Math.min(live.length - liveJobs, settled.length);
  for (const { job } of settled.slice(0, Math.max(0, surplus))) {
    markEnded(ledger, origin, job, nowMs);
  }
  const left = ledger.jobs.get(origin)?.size ?? 0;
  for (let missing = liveJobs - left; missing > 0; missing -= 1) addUnnamed(ledger, origin, nowMs);
}

function hashOf(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, { job }) => hashJob(sum, job), 0);
}

function addUnnamed(ledger: Ledger, origin: number, nowMs: number): void {
  ledger.unnamed -= 1;
  const job = ledger.unnamed;
  reserve(ledger, { origin, job, kind: 'job', cpus: 1, memoryBytes: 0 }, nowMs);
  markStarted(ledger, origin, job, nowMs);
}
