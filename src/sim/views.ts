/** What a daemon holds, as those see it who look from outside: the one place that knows its shape. */
import type { DaemonState } from '../core/daemon-state.ts';
import { ownLoad } from '../core/own-record.ts';

/** What it knows of another node. */
export interface View {
  readonly id: number;
  readonly epoch: number;
  readonly sequence: number;
  /** When it was measured, on the daemon's own clock. */
  readonly bornMs: number;
  readonly load: number;
  readonly loadavg: number;
  readonly cpus: number;
}

export function listViews(state: DaemonState): View[] {
  return [...state.table].map(([id, { record, bornMs, epoch }]) => {
    const { sequence, load, loadavg, cpus } = record;
    return { id, epoch, sequence, bornMs, load, loadavg, cpus };
  });
}

/** Live jobs that `origin`'s daemon has reserved on it. */
export function countReserved(state: DaemonState, origin: number): number {
  return state.ledger.live.get(origin) ?? 0;
}

/** Live jobs that its clients have reserved on `node`. */
export function countOwnJobs(state: DaemonState, node: number): number {
  let count = 0;
  for (const job of state.jobs.values()) if (job.reserved && job.node === node) count += 1;
  return count;
}

/** What it holds that could grow: sizes by name. */
export function sizesOf(state: DaemonState): { readonly [name: string]: number } {
  return {
    table: state.table.size,
    ledger: state.ledger.entries.size,
    jobs: state.jobs.size,
    decisions: state.decisions.size,
    promised: state.promised.size,
    clients: state.clients.size,
  };
}

export function loadOf(state: DaemonState): number {
  return ownLoad(state);
}

/** Live jobs reserved on it, of all dispatchers. */
export function liveJobsOf(state: DaemonState): number {
  let count = 0;
  for (const jobs of state.ledger.live.values()) count += jobs;
  return count;
}
