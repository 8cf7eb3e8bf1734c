/**
 * The daemon as a machine without a clock, a network or a file: `step` takes one event and returns
 * what the shell is to do; `nextWakeup` says when the next `wakeup` is due at the latest. dshd,
 * the tests and the simulator run this same code.
 */
import { closeClient, endJob, failJob, openClient, startJob } from './client-jobs.ts';
import type { Cluster } from './cluster.ts';
import type { Context, DaemonState, Effect, Measurement } from './daemon-state.ts';
import { beginDecision, expireDecisions, nextDecisionDeadline, takeReply } from './decision.ts';
import { disseminate, takeRecord, takeState, watchLoad } from './dissemination.ts';
import { judgeNodes, noWishes, rankViews } from './judge.ts';
import { endOrigin, markEnded, markStarted, reserve } from './ledger.ts';
import { foldSample } from './load-estimate.ts';
import { ownRecord } from './own-record.ts';
import type { Policy } from './policy.ts';
import { sendPacket } from './send.ts';
import type { ControlRequest, NodeView } from './wire/control.ts';
import { decodePacket, type Packet } from './wire/packet.ts';

export type DaemonEvent =
  | { readonly type: 'wakeup' }
  | { readonly type: 'measured'; readonly measurement: Measurement }
  /** `from` is the node at whose address the datagram was sent; undefined: a stranger. */
  | { readonly type: 'datagram'; readonly from: number | undefined; readonly bytes: Uint8Array }
  | { readonly type: 'client-opened'; readonly client: number }
  | { readonly type: 'client-closed'; readonly client: number }
  | { readonly type: 'request'; readonly client: number; readonly request: ControlRequest }
  | { readonly type: 'configured'; readonly cluster: Cluster; readonly policy: Policy };

export function step(
  state: DaemonState,
  event: DaemonEvent,
  nowMs: number,
  random: () => number,
): Effect[] {
  const context: Context = { state, nowMs, random, effects: [] };
  takeEvent(context, event);
  expireDecisions(context);
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
  );
}

/** Every node that is known, best first: what the status port and `nodes` show. */
export function knownNodes(state: DaemonState, nowMs: number): NodeView[] {
  const judged = judgeNodes(state, 0, noWishes, nowMs);
  return rankViews(judged.filter(({ view }) => view.state !== 'unknown'));
}

function takeEvent(context: Context, event: DaemonEvent): void {
  const { state, nowMs } = context;
  switch (event.type) {
    case 'wakeup':
      return;
    case 'measured':
      state.measurement = event.measurement;
      state.estimate = foldSample(state.estimate, event.measurement.runnable, nowMs);
      return;
    case 'datagram':
      takeDatagram(context, event.from, event.bytes);
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
      configure(context, event.cluster, event.policy);
      return;
  }
}

function takeRequest(context: Context, client: number, request: ControlRequest): void {
  const { state, nowMs, effects } = context;
  switch (request.op) {
    case 'place':
      beginDecision(context, { ...request, client, kind: 'job' });
      return;
    case 'best':
      beginDecision(context, { ...request, client, kind: 'hold', explain: false });
      return;
    case 'nodes': {
      const nodes = rankViews(judgeNodes(state, client, noWishes, nowMs));
      effects.push({ type: 'reply', client, reply: { op: 'nodes', id: request.id, nodes } });
      return;
    }
    case 'started':
      startJob(context, client, request.job);
      return;
    case 'ended':
      endJob(context, client, request.job);
      return;
    case 'unreachable':
      failJob(context, client, request.job);
      return;
  }
}

function takeDatagram(context: Context, from: number | undefined, bytes: Uint8Array): void {
  const { counters } = context.state;
  counters.packetsReceived += 1;
  counters.bytesReceived += bytes.byteLength;
  const decoded = decodePacket(bytes);
  // A packet speaks for its sender only from the sender's own address, and strangers get no answer.
  if (!decoded.ok || from === undefined || decoded.packet.sender !== from) {
    counters.packetsRefused += 1;
    return;
  }
  takePacket(context, decoded.packet);
}

function takePacket(context: Context, { sender, epoch, body }: Packet): void {
  const { state, nowMs } = context;
  switch (body.type) {
    case 'state':
      takeState(context, sender, epoch, body.records, body.liveJobs);
      return;
    case 'probe':
      answerWithRecord(context, sender, body.nonce);
      return;
    case 'reserve':
      reserve(state.ledger, { origin: sender, ...body }, nowMs);
      answerWithRecord(context, sender, body.nonce);
      return;
    case 'reply':
      if (body.record.id !== sender) return;
      takeRecord(context, body.record, epoch);
      takeReply(context, body.nonce, body.record);
      return;
    case 'started':
      markStarted(state.ledger, sender, body.job, nowMs);
      return;
    case 'ended':
      markEnded(state.ledger, sender, body.job, nowMs);
      return;
  }
}

function answerWithRecord(context: Context, to: number, nonce: number): void {
  context.state.sequence += 1;
  const record = ownRecord(context.state, context.nowMs);
  sendPacket(context, to, { type: 'reply', nonce, record });
}

/** A new cluster file: what is known of nodes that stay is kept. */
function configure(context: Context, cluster: Cluster, policy: Policy): void {
  const { state, nowMs } = context;
  const members = new Set(cluster.peers.map(({ id }) => id));
  state.cluster = cluster;
  state.policy = policy;
  state.round = [];
  for (const id of state.table.keys()) {
    if (members.has(id)) continue;
    state.table.delete(id);
    endOrigin(state.ledger, id, nowMs);
  }
}
