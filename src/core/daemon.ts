/**
 * The daemon as a machine without a clock, a network or a file: `step` takes one event and returns
 * what the shell is to do; `nextWakeup` says when the next `wakeup` is due at the latest. dshd,
 * the tests and the simulator run this same code.
 */
import { closeClient, endJob, failJob, openClient, startJob } from './client-jobs.ts';
import { type Cluster, rosterOf } from './cluster.ts';
import type { Context, DaemonState, Effect, Measurement } from './daemon-state.ts';
import { beginDecision, expireDecisions, nextDecisionDeadline } from './decision.ts';
import { findReport } from './decision-log.ts';
import { callOff } from './decision-steps.ts';
import { disseminate, watchLoad } from './dissemination.ts';
import { moveFreshness } from './freshness.ts';
import { listJobs } from './job-register.ts';
import { endOrigin, foldLedger } from './ledger.ts';
import { foldSample } from './load-estimate.ts';
import { rankNodes } from './node-view.ts';
import { createRound } from './peers.ts';
import { beginPing, expirePings, nextPingDeadline } from './ping.ts';
import type { Policy } from './policy.ts';
import { receive } from './receive.ts';
import { createTable } from './table.ts';
import type { Authenticator } from './wire/authentication.ts';
import { type ControlRequest, noWishes, type NodeView } from './wire/control.ts';

export type DaemonEvent =
  | { readonly type: 'wakeup' }
  | {
      readonly type: 'measured';
      readonly measurement: Measurement;
      /** The wall clock, milliseconds since 1970; without it, it goes on from the epoch. */
      readonly clockMs?: number;
    }
  /** `from` is the node at whose address the datagram was sent; undefined: a stranger. */
  | { readonly type: 'datagram'; readonly from: number | undefined; readonly bytes: Uint8Array }
  | { readonly type: 'client-opened'; readonly client: number }
  | { readonly type: 'client-closed'; readonly client: number }
  | { readonly type: 'request'; readonly client: number; readonly request: ControlRequest }
  | {
      readonly type: 'configured';
      readonly cluster: Cluster;
      readonly policy: Policy;
      /** Default: as before. */
      readonly authenticator?: Authenticator;
    };

export function step(
  state: DaemonState,
  event: DaemonEvent,
  nowMs: number,
  random: () => number,
): Effect[] {
  const context: Context = { state, nowMs, random, effects: [] };
  takeEvent(context, event);
  expireDecisions(context);
  expirePings(context);
  disseminate(context);
  watchLoad(context);
  return context.effects;
}

/** When `step` must be called next, whatever happens until then. */
export function nextWakeup(state: DaemonState): number {
  return Math.min(
    state.nextTickMs,
    state.nextPushMs ?? Infinity,
    nextDecisionDeadline(state.decisions),
    nextPingDeadline(state.pings),
  );
}

/** Every node that is known, best first: what the status port and `nodes` show. */
export function knownNodes(state: DaemonState, nowMs: number): NodeView[] {
  return rankNodes(state, 0, noWishes, nowMs).filter((view) => view.state !== 'unknown');
}

function takeEvent(context: Context, event: DaemonEvent): void {
  const { state, nowMs } = context;
  switch (event.type) {
    case 'wakeup':
      return;
    case 'measured':
      state.measurement = event.measurement;
      state.estimate = foldSample(state.estimate, event.measurement.runnable, nowMs);
      foldLedger(state.ledger, nowMs);
      if (event.clockMs !== undefined) state.wallOffsetMs = event.clockMs - nowMs;
      return;
    case 'datagram':
      receive(context, event.from, event.bytes);
      return;
    case 'client-opened':
      openClient(context, event.client);
      return;
    case 'client-closed':
      closeClient(context, event.client);
      return;
    case 'request':
      takeRequest(context, event.client, event.request);
      return;
    case 'configured':
      configure(context, event);
      return;
  }
}

function takeRequest(context: Context, client: number, request: ControlRequest): void {
  const { state, nowMs, effects } = context;
  if (request.op === 'place' || request.op === 'best') state.lastAskedMs = nowMs;
  switch (request.op) {
    case 'place':
      beginDecision(context, { ...request, ...countOf(request), client, kind: 'job' });
      return;
    case 'best':
      beginDecision(context, {
        ...request,
        ...countOf(request),
        client,
        kind: 'hold',
        explain: false,
      });
      return;
    case 'nodes': {
      const nodes = rankNodes(state, client, noWishes, nowMs);
      effects.push({ type: 'reply', client, reply: { op: 'nodes', id: request.id, nodes } });
      return;
    }
    case 'ping':
      beginPing(context, client, request);
      return;
    case 'explain':
      effects.push({ type: 'reply', client, reply: findReport(context, request) });
      return;
    case 'jobs': {
      const jobs = listJobs(state.register, nowMs);
      effects.push({ type: 'reply', client, reply: { op: 'jobs', id: request.id, jobs } });
      return;
    }
    case 'counters': {
      const counters = { ...state.counters, refused: { ...state.counters.refused } };
      effects.push({ type: 'reply', client, reply: { op: 'counters', id: request.id, counters } });
      return;
    }
    case 'about':
      // The shell answers it: the core does not know how it was set up.
      return;
    case 'drain':
    case 'undrain':
      state.draining = request.op === 'drain';
      // The others are to know at once, as of a load that has moved.
      state.nextPushMs = nowMs;
      effects.push({ type: 'reply', client, reply: { op: 'done', id: request.id } });
      return;
    case 'started':
      startJob(context, client, request.job, request.pid);
      return;
    case 'ended':
      endJob(context, client, request.job, request.outcome, request.pid);
      return;
    case 'unreachable':
      failJob(context, client, request.job);
      return;
  }
}

function countOf({ count }: { readonly count?: number }): { count: number; isBatch: boolean } {
  return { count: count ?? 1, isBatch: count !== undefined };
}

/** A new cluster file, or new keys: what is known of nodes that stay is kept. */
function configure(
  context: Context,
  { cluster, policy, authenticator }: Extract<DaemonEvent, { type: 'configured' }>,
): void {
  const { state, nowMs } = context;
  const questions = callOff(context);
  const previous = state.table;
  const roster = rosterOf(cluster);
  const oldSlotOf = (slot: number): number | undefined =>
    previous.roster.slotOfId.get(roster.nodes[slot]!.id);
  state.cluster = cluster;
  state.roster = roster;
  state.selfSlot = roster.slotOfId.get(cluster.self.id)!;
  state.policy = policy;
  state.authenticator = authenticator ?? state.authenticator;
  state.table = createTable(roster, previous);
  state.freshness = moveFreshness(state.freshness, roster.nodes.length, oldSlotOf);
  state.round = createRound(roster.nodes.length);
  state.relayTurn = 0;
  // They are kept by slots, and cheap to have anew.
  state.hellos.clear();
  state.silences.clear();
  state.lateAnswers.clear();
  for (const { id } of previous.roster.nodes) {
    if (!roster.slotOfId.has(id)) endOrigin(state.ledger, id, nowMs);
  }
  for (const question of questions) beginDecision(context, question);
}
