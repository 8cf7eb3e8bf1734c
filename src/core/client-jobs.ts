/** What the clients of the local socket say of the jobs that were placed for them. */
import { extendBackoff } from './backoff.ts';
import type { Context, PlacedJob } from './daemon-state.ts';
import { markEnded, markStarted } from './ledger.ts';
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

export function startJob(context: Context, client: number, job: number): void {
  const placed = ownedJob(context, client, job);
  if (!placed) return;
  const { state, nowMs } = context;
  state.clients.get(client)?.unreachable.delete(placed.node);
  if (placed.node === state.cluster.self.id) markStarted(state.ledger, placed.node, job, nowMs);
  else if (placed.reserved) sendPacket(context, placed.node, { type: 'started', job });
}

export function endJob(context: Context, client: number, job: number): void {
  const placed = ownedJob(context, client, job);
  if (!placed) return;
  const { state, nowMs } = context;
  state.jobs.delete(job);
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
  endJob(context, client, job);
}

/** How many live jobs of this daemon are reserved on each node. */
export function countReservedJobs(jobs: ReadonlyMap<number, PlacedJob>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { node, reserved } of jobs.values()) {
    if (reserved) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return counts;
}

/** A client may speak of its own jobs only. */
function ownedJob({ state }: Context, client: number, job: number): PlacedJob | undefined {
  const placed = state.jobs.get(job);
  return placed?.client === client ? placed : undefined;
}
