/** What a daemon holds, as those see it who look from outside: the one place that knows its shape. */
import type { DaemonState } from '../core/daemon-state.ts';
import { unseenLoad } from '../core/ledger.ts';
import { LOAD_TAU_MS } from '../core/load-estimate.ts';
import { ownLoad } from '../core/own-record.ts';
import { recordOf } from '../core/table.ts';

/** What it knows of another node. */
export interface View {
  readonly id: number;
  /** Of its sender's last packet; 0 where it was never heard directly. */
  readonly epoch: number;
  readonly sequence: number;
  /** When it was measured, on the daemon's own clock. */
  readonly bornMs: number;
  readonly load: number;
  readonly loadavg: number;
  readonly cpus: number;
}

export function listViews(state: DaemonState, localMs: number): View[] {
  const { table, roster, freshness } = state;
  return roster.nodes.flatMap(({ id }, slot) => {
    const record = recordOf(table, slot, localMs);
    if (!record) return [];
    const { sequence, load, loadavg, cpus, ageMs } = record;
    const epoch = freshness.epochs[slot]!;
    return [{ id, epoch, sequence, bornMs: localMs - ageMs, load, loadavg, cpus }];
  });
}

/** Live jobs that `origin`'s daemon has reserved on it. */
export function countReserved(state: DaemonState, origin: number): number {
  return state.ledger.jobs.get(origin)?.size ?? 0;
}

/** Live jobs that its clients have reserved on `node`. */
export function countOwnJobs(state: DaemonState, node: number): number {
  let count = 0;
  for (const job of state.jobs.values()) if (job.reserved && job.node === node) count += 1;
  return count;
}

export interface Sizes {
  readonly table: number;
  readonly ledger: number;
  readonly jobs: number;
  readonly decisions: number;
  readonly promised: number;
}

/** What it holds that could grow: sizes by name. */
export function sizesOf(state: DaemonState): Sizes {
  return {
    table: state.table.size,
    ledger: state.ledger.live + state.ledger.holds.length + state.ledger.withMemory.size,
    jobs: state.jobs.size,
    decisions: state.decisions.size,
    promised: state.promised.size,
  };
}

export function loadOf(state: DaemonState): number {
  return ownLoad(state);
}

/** The same without its floor of zero. */
export function rawLoadOf({ estimate, ledger }: DaemonState): number {
  return estimate.runnable + unseenLoad(ledger, LOAD_TAU_MS);
}

/** Live jobs reserved on it, of all dispatchers. */
export function liveJobsOf(state: DaemonState): number {
  return state.ledger.live;
}
