/** What the clients of the local socket say of the jobs that were placed for them. */
import { extendBackoff } from './backoff.ts';
import type { Context, PlacedJob } from './daemon-state.ts';
import { registerEnd, registerStart } from './job-register.ts';
import { markEnded, markStarted } from './ledger.ts';
import { hashJob, type Statement } from './reconcile.ts';
import { sendPacket } from './send.ts';

export function openClient({ state }: Context, client: number): void {
  state.clients.set(client, { jobs: new Set(), unreachable: new Map() });
}

/** The connection was the lease: what it still had is over. */
export function closeClient(context: Context, client: number): void {
  const { jobs } = context.state.clients.get(client) ?? { jobs: [] };
  for (const job of jobs) endJob(context, client, job);
  context.state.clients.delete(client);
}

export function startJob(context: Context, client: number, job: number, pid?: number): void {
  const placed = ownedJob(context, client, job);
  if (!placed) return;
  const { state, nowMs } = context;
  state.clients.get(client)?.unreachable.delete(placed.node);
  registerStart(state.register, job, pid, nowMs);
  if (placed.node === state.cluster.self.id) markStarted(state.ledger, placed.node, job, nowMs);
  else if (placed.reserved) sendPacket(context, placed.node, { type: 'started', job });
}

/** @param pid of a command that was over before its start was told. */
export function endJob(
  context: Context,
  client: number,
  job: number,
  outcome?: string,
  pid?: number,
): void {
  const placed = ownedJob(context, client, job);
  if (!placed) return;
  const { state, nowMs } = context;
  if (pid !== undefined) {
    state.clients.get(client)?.unreachable.delete(placed.node);
    registerStart(state.register, job, pid, nowMs);
  }
  state.jobs.delete(job);
  registerEnd(state.register, job, outcome, nowMs);
  state.clients.get(client)?.jobs.delete(job);
  if (placed.node === state.cluster.self.id) markEnded(state.ledger, placed.node, job, nowMs);
  else if (placed.reserved) sendPacket(context, placed.node, { type: 'ended', job });
}

/** The node could not be reached: the job is over, and the client is kept from it for a while. */
export function failJob(context: Context, client: number, job: number): void {
  const placed = ownedJob(context, client, job);
  if (!placed) return;
  const unreachable = context.state.clients.get(client)?.unreachable;
  unreachable?.set(placed.node, extendBackoff(unreachable.get(placed.node), context.nowMs));
  endJob(context, client, job, 'not started');
}

/** What each node where jobs of this daemon are reserved is told of them. */
export function listStatements(jobs: ReadonlyMap<number, PlacedJob>): Map<number, Statement> {
  const statements = new Map<number, Statement>();
  for (const [job, { node, reserved }] of jobs) {
    if (!reserved) continue;
    const { liveJobs, jobsHash } = statements.get(node) ?? { liveJobs: 0, jobsHash: 0 };
    statements.set(node, { liveJobs: liveJobs + 1, jobsHash: hashJob(jobsHash, job) });
  }
  return statements;
}

/** A client may speak of its own jobs only. */
function ownedJob({ state }: Context, client: number, job: number): PlacedJob | undefined {
  const placed = state.jobs.get(job);
  return placed?.client === client ? placed : undefined;
}
