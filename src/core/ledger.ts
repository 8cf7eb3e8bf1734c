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
 *
 * The same sums, multiplied out, are an impulse of +1 at each start and one of -1 at each end, all
 * fading alike: so one number for each tau stands for all jobs that ever ran.
 */
import { addImpulse, advance, createFading, type Fading } from './fading.ts';
import type { ReservationKind } from './wire/packet.ts';

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

/** A job that was reserved and has not ended. */
export interface LedgerEntry extends Reservation {
  readonly reservedMs: number;
  /** When it began to run; undefined while it is on its way. */
  startedMs: number | undefined;
}

interface Impulse {
  readonly atMs: number;
  readonly cpus: number;
}

export interface Ledger {
  /** By origin, then by job. */
  readonly jobs: Map<number, Map<number, LedgerEntry>>;
  live: number;
  /** CPUs of the live jobs. */
  liveCpus: number;
  /** CPUs of jobs that are on their way. */
  cpusOnTheWay: number;
  /** When they begin to fade, earliest first. */
  holds: Impulse[];
  cpusHeld: number;
  /** Starts (+) and ends (-) since the last sample of the load. */
  recent: Impulse[];
  cpusRecent: number;
  /** Those before it, for each of the two averages. */
  readonly faded: readonly [Fading, Fading];
  /** Live jobs that were promised memory. */
  readonly withMemory: Set<LedgerEntry>;
  /** Numbers the entries that stand for jobs whose RESERVE was lost. */
  unnamed: number;
}

export function createLedger(tauMs: number, loadavgTauMs: number): Ledger {
  return {
    jobs: new Map(),
    live: 0,
    liveCpus: 0,
    cpusOnTheWay: 0,
    holds: [],
    cpusHeld: 0,
    recent: [],
    cpusRecent: 0,
    faded: [createFading(tauMs), createFading(loadavgTauMs)],
    withMemory: new Set(),
    unnamed: 0,
  };
}

/** Adds a reservation; a repeated one changes nothing. False: the ledger is full. */
export function reserve(ledger: Ledger, reservation: Reservation, nowMs: number): boolean {
  const { origin, job, cpus } = reservation;
  if (ledger.live + ledger.holds.length >= LEDGER_ENTRIES_MAX) return false;
  // A hold has no owner who could say that it started: it is a job that starts by itself.
  if (reservation.kind === 'hold') {
    ledger.holds.push({ atMs: nowMs + HOLD_MS, cpus });
    ledger.cpusHeld += cpus;
    return true;
  }
  const own = ledger.jobs.get(origin) ?? new Map<number, LedgerEntry>();
  if (own.has(job)) return true;
  ledger.jobs.set(origin, own);
  const entry = { ...reservation, reservedMs: nowMs, startedMs: undefined };
  own.set(job, entry);
  ledger.live += 1;
  ledger.liveCpus += cpus;
  ledger.cpusOnTheWay += cpus;
  if (reservation.memoryBytes > 0) ledger.withMemory.add(entry);
  return true;
}

export function markStarted(ledger: Ledger, origin: number, job: number, nowMs: number): void {
  const entry = ledger.jobs.get(origin)?.get(job);
  if (!entry || entry.startedMs !== undefined) return;
  entry.startedMs = nowMs;
  ledger.cpusOnTheWay -= entry.cpus;
  strike(ledger, entry.cpus, nowMs);
}

export function markEnded(ledger: Ledger, origin: number, job: number, nowMs: number): void {
  const own = ledger.jobs.get(origin);
  const entry = own?.get(job);
  if (!own || !entry) return;
  own.delete(job);
  if (own.size === 0) ledger.jobs.delete(origin);
  ledger.live -= 1;
  ledger.liveCpus -= entry.cpus;
  ledger.withMemory.delete(entry);
  // One that never ran left no trace in the measured load.
  if (entry.startedMs === undefined) ledger.cpusOnTheWay -= entry.cpus;
  else strike(ledger, -entry.cpus, nowMs);
}

/** Ends all jobs of a node that is gone or has started anew. */
export function endOrigin(ledger: Ledger, origin: number, nowMs: number): void {
  for (const job of ledger.jobs.get(origin)?.keys() ?? []) {
    markEnded(ledger, origin, job, nowMs);
  }
}

/** The load was sampled: what happened before shows in it, and begins to fade. */
export function foldLedger(ledger: Ledger, sampledMs: number): void {
  const matured = ledger.holds.findIndex(({ atMs }) => atMs > sampledMs);
  const impulses = ledger.holds.splice(0, matured < 0 ? ledger.holds.length : matured);
  for (const { cpus } of impulses) ledger.cpusHeld -= cpus;
  impulses.push(...ledger.recent);
  for (const fading of ledger.faded) {
    advance(fading, sampledMs);
    for (const { atMs, cpus } of impulses) addImpulse(fading, cpus, Math.min(atMs, sampledMs));
  }
  ledger.recent = [];
  ledger.cpusRecent = 0;
}

/** What to add to the load average of time constant `tauMs` as it was last sampled. */
export function unseenLoad(ledger: Ledger, tauMs: number): number {
  const fading = ledger.faded.find((each) => each.tauMs === tauMs);
  return (fading?.sum ?? 0) + ledger.cpusRecent + ledger.cpusOnTheWay + ledger.cpusHeld;
}

/** What to take from the measured free memory: promised, and not in use yet. */
export function unseenMemoryBytes(ledger: Ledger, nowMs: number): number {
  let bytes = 0;
  for (const { memoryBytes, startedMs } of ledger.withMemory) {
    const runMs = Math.max(0, nowMs - (startedMs ?? nowMs));
    bytes += memoryBytes * Math.exp(-runMs / MEMORY_TAU_MS);
  }
  return bytes;
}

export function countLive(ledger: Ledger): number {
  return ledger.live;
}

function strike(ledger: Ledger, cpus: number, atMs: number): void {
  ledger.recent.push({ atMs, cpus });
  ledger.cpusRecent += cpus;
}
