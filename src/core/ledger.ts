/**
 * The ledger of a node: what has been reserved on it, by whom, and how much of that the measured
 * load does not show yet.
 *
 * With `r` an exponential average of time constant tau, a CPU-bound job that started at t_j shows
 * 1 - e^(-(t-t_j)/tau) of itself in r. So
 *
 *     n(t) = r(t) + sum over live jobs   e^(-(t-t_j)/tau)
 *                 - sum over ended jobs (1 - e^(-(e_j-t_j)/tau)) e^(-(t-e_j)/tau)
 *
 * counts it as exactly 1 from reservation to end: no gap before it shows, nothing double while it
 * does, no ghost after it. A sleeping job fades out, a parallel one grows to what it is. Until the
 * job is known to run, t_j is "now". r is as old as its last sample, so t is the time of that
 * sample, and later starts and ends count whole.
 */
import { LOAD_TAU_MS, LOADAVG_TAU_MS } from './load-estimate.ts';
import type { ReservationKind } from './wire/packet.ts';

/** An ended entry is kept for this long, so that a late copy of its RESERVE does not revive it. */
export const SETTLED_MS = 5000;
/** The averages that the ledger is for. */
const TAUS_MS = [LOAD_TAU_MS, LOADAVG_TAU_MS];
/** A hold counts whole for this long: two ticks, the seed's "small time". */
export const HOLD_MS = 3000;
/** Free memory shows a new job's pages after about this long. */
const MEMORY_TAU_MS = 5000;
export const LEDGER_ENTRIES_MAX = 65_536;

export interface Reservation {
  readonly origin: number;
  readonly job: number;
  readonly kind: ReservationKind;
  readonly cpus: number;
  readonly memoryBytes: number;
}

export interface LedgerEntry extends Reservation {
  readonly reservedMs: number;
  /** When it began to run; undefined while it is on its way. */
  startedMs: number | undefined;
  endedMs: number | undefined;
}

/** What is unseen in the average of one time constant. */
interface Unseen {
  /** What dropped entries still add, as it was at `tailMs`; fades like any of them. */
  tailLoad: number;
  tailMs: number;
  /** The last sum over all, which is asked for at every step and seldom another. */
  sum: number;
  sumMs: number;
  sumChanges: number;
}

export interface Ledger {
  readonly entries: Map<string, LedgerEntry>;
  /** By time constant. */
  readonly unseen: ReadonlyMap<number, Unseen>;
  /** Live jobs by origin; none is left out. */
  readonly live: Map<number, number>;
  /** Counts what changes any sum. */
  changes: number;
  /** Numbers the entries that stand for jobs whose RESERVE was lost. */
  unnamed: number;
}

export function createLedger(): Ledger {
  const nothing = { tailLoad: 0, tailMs: 0, sum: 0, sumMs: 0, sumChanges: 0 };
  return {
    entries: new Map(),
    unseen: new Map(TAUS_MS.map((tauMs) => [tauMs, { ...nothing }])),
    live: new Map(),
    changes: 0,
    unnamed: 0,
  };
}

/** Adds a reservation; a repeated one changes nothing. False: the ledger is full. */
export function reserve(ledger: Ledger, reservation: Reservation, nowMs: number): boolean {
  const key = keyOf(reservation.origin, reservation.job);
  if (ledger.entries.has(key)) return true;
  if (ledger.entries.size >= LEDGER_ENTRIES_MAX) return false;
  // A hold has no owner who could say that it started: it is a job that starts by itself.
  const startedMs = reservation.kind === 'hold' ? nowMs + HOLD_MS : undefined;
  ledger.entries.set(key, { ...reservation, reservedMs: nowMs, startedMs, endedMs: undefined });
  ledger.changes += 1;
  if (reservation.kind === 'job') addLive(ledger, reservation.origin, 1);
  return true;
}

export function markStarted(ledger: Ledger, origin: number, job: number, nowMs: number): void {
  const entry = ledger.entries.get(keyOf(origin, job));
  if (!entry || entry.endedMs !== undefined) return;
  entry.startedMs ??= nowMs;
  ledger.changes += 1;
}

export function markEnded(ledger: Ledger, origin: number, job: number, nowMs: number): void {
  const key = keyOf(origin, job);
  const entry = ledger.entries.get(key);
  if (!entry || entry.endedMs !== undefined) return;
  ledger.changes += 1;
  if (entry.kind === 'job') addLive(ledger, origin, -1);
  // One that never ran left no trace in the measured load.
  if (entry.startedMs === undefined || entry.startedMs > nowMs) ledger.entries.delete(key);
  else entry.endedMs = nowMs;
}

/** Ends all jobs of a node that is gone or has started anew. */
export function endOrigin(ledger: Ledger, origin: number, nowMs: number): void {
  for (const entry of liveEntries(ledger, origin)) markEnded(ledger, origin, entry.job, nowMs);
}

/**
 * Makes the number of `origin`'s live jobs the one that it just stated. Entries younger than
 * `graceMs` are left alone: their RESERVE may have overtaken the statement.
 */
export function reconcile(
  ledger: Ledger,
  origin: number,
  stated: number,
  nowMs: number,
  graceMs: number,
): void {
  if (countLive(ledger, origin) === stated) return;
  const live = liveEntries(ledger, origin);
  const settled = live.filter((entry) => nowMs - entry.reservedMs > graceMs);
  const surplus = Math.min(live.length - stated, settled.length);
  for (const entry of settled.slice(0, Math.max(0, surplus))) {
    markEnded(ledger, origin, entry.job, nowMs);
  }
  for (let missing = stated - live.length; missing > 0; missing -= 1) {
    ledger.unnamed -= 1;
    const job = ledger.unnamed;
    reserve(ledger, { origin, job, kind: 'job', cpus: 1, memoryBytes: 0 }, nowMs);
    markStarted(ledger, origin, job, nowMs);
  }
}

/** What to add to a load average of time constant `tauMs`, of `TAUS_MS`, sampled at `sampledMs`. */
export function unseenLoad(ledger: Ledger, sampledMs: number, tauMs: number): number {
  const unseen = ledger.unseen.get(tauMs)!;
  if (unseen.sumMs === sampledMs && unseen.sumChanges === ledger.changes) return unseen.sum;
  unseen.sum = fadeTail(unseen, sampledMs, tauMs);
  for (const entry of ledger.entries.values()) unseen.sum += unseenOf(entry, sampledMs, tauMs);
  unseen.sumMs = sampledMs;
  unseen.sumChanges = ledger.changes;
  return unseen.sum;
}

/** What to take from the measured free memory: promised, and not in use yet. */
export function unseenMemoryBytes(ledger: Ledger, nowMs: number): number {
  let bytes = 0;
  for (const entry of ledger.entries.values()) {
    if (entry.memoryBytes === 0 || entry.endedMs !== undefined) continue;
    const runMs = Math.max(0, nowMs - (entry.startedMs ?? nowMs));
    bytes += entry.memoryBytes * Math.exp(-runMs / MEMORY_TAU_MS);
  }
  return bytes;
}

/** Live jobs, of one node's clients or of all. */
export function countLive(ledger: Ledger, origin?: number): number {
  if (origin !== undefined) return ledger.live.get(origin) ?? 0;
  let count = 0;
  for (const jobs of ledger.live.values()) count += jobs;
  return count;
}

/**
 * Drops the entries that nothing can change any more, and keeps the sum of what they add: all of
 * them fade at one rate. Without this a busy node would carry, and add up at every step, each job of
 * the ten minutes in which it fades out of the slower average.
 */
export function foldSettled(ledger: Ledger, sampledMs: number): void {
  const settled = [...ledger.entries].filter(([, entry]) => {
    const settledMs = entry.endedMs ?? (entry.kind === 'hold' ? entry.startedMs : undefined);
    return settledMs !== undefined && sampledMs - settledMs > SETTLED_MS;
  });
  if (settled.length === 0) return;
  for (const [tauMs, unseen] of ledger.unseen) {
    unseen.tailLoad = fadeTail(unseen, sampledMs, tauMs);
    unseen.tailMs = sampledMs;
    for (const [, entry] of settled) unseen.tailLoad += unseenOf(entry, sampledMs, tauMs);
  }
  for (const [key] of settled) ledger.entries.delete(key);
  ledger.changes += 1;
}

function fadeTail({ tailLoad, tailMs }: Unseen, sampledMs: number, tauMs: number): number {
  return tailLoad * Math.exp(-(sampledMs - tailMs) / tauMs);
}

function unseenOf(entry: LedgerEntry, sampledMs: number, tauMs: number): number {
  const startedMs = Math.min(entry.startedMs ?? sampledMs, sampledMs);
  if (entry.endedMs === undefined) {
    return entry.cpus * Math.exp(-(sampledMs - startedMs) / tauMs);
  }
  const endedMs = Math.min(entry.endedMs, sampledMs);
  const shown = 1 - Math.exp(-(endedMs - startedMs) / tauMs);
  return -entry.cpus * shown * Math.exp(-(sampledMs - endedMs) / tauMs);
}

function liveEntries(ledger: Ledger, origin: number): LedgerEntry[] {
  return [...ledger.entries.values()].filter(
    (entry) => entry.origin === origin && isLiveJob(entry),
  );
}

function isLiveJob(entry: LedgerEntry): boolean {
  return entry.kind === 'job' && entry.endedMs === undefined;
}

function addLive(ledger: Ledger, origin: number, jobs: number): void {
  const count = countLive(ledger, origin) + jobs;
  if (count > 0) ledger.live.set(origin, count);
  else ledger.live.delete(origin);
}

function keyOf(origin: number, job: number): string {
  return `${origin}/${job}`;
}
