/** Every node of the cluster as a place for one more job: usable at what cost, or why not. */
import type { ClusterNode } from './cluster.ts';
import { type DaemonState, USABLE_MS } from './daemon-state.ts';
import { ownRecord } from './own-record.ts';
import type { Candidate } from './policy.ts';
import type { TableEntry } from './table.ts';
import type { NodeView, NodeViewState, Wishes } from './wire/control.ts';
import type { NodeRecord } from './wire/packet.ts';

/** Below this share of free memory a node is taken only when there is no other. */
const FREE_MEMORY_SHARE_MIN = 0.05;
/** A node that left two probes in a row unanswered comes last until it speaks again. */
const MISSED_PROBES_MAX = 2;

export interface JudgedNode {
  readonly node: ClusterNode;
  readonly view: NodeView;
  /** Undefined: not to be chosen; the view's note says why. */
  readonly candidate: Candidate | undefined;
  /** Draining or short of memory: after all others. */
  readonly hot: boolean;
}

/** Judges all nodes for `wishes` of `client`. */
export function judgeNodes(
  state: DaemonState,
  client: number,
  wishes: Wishes,
  nowMs: number,
): JudgedNode[] {
  const nodes = [state.cluster.self, ...state.cluster.peers];
  const promised = sumPromised(state);
  return nodes.map((node) => judge(state, node, client, wishes, nowMs, promised.get(node.id) ?? 0));
}

/** Best first: usable before hot before unusable, then by cost, then by name. */
export function rankViews(judged: readonly JudgedNode[]): NodeView[] {
  return [...judged]
    .sort((a, b) => rankOf(a) - rankOf(b) || compareCosts(a, b))
    .map(({ view }) => view);
}

/** Wishes of somebody who only looks. */
export const noWishes: Wishes = { only: [], exclude: [], order: [], cpus: 1, memoryBytes: 0 };

function judge(
  state: DaemonState,
  node: ClusterNode,
  client: number,
  wishes: Wishes,
  nowMs: number,
  promisedCpus: number,
): JudgedNode {
  const self = node.id === state.cluster.self.id;
  const entry = self ? undefined : state.table.get(node.id);
  const record = self ? ownRecord(state, nowMs) : entry?.record;
  const ageMs = entry ? nowMs - entry.bornMs : self ? nowMs - state.estimate.sampledMs : 0;
  if (!record) return unheardOf(node);

  const candidate = candidateOf(node, record, ageMs, self, promisedCpus);
  const reason =
    (entry && silenceReason(ageMs)) ??
    unreachableReason(state, client, node, nowMs) ??
    wishReason(node, candidate, wishes);
  const cost = state.policy.cost(candidate, wishes);
  const usable = reason === undefined && Number.isFinite(cost);
  const hotReason = hotReasonOf(record, entry, wishes);
  return {
    node,
    candidate: usable ? candidate : undefined,
    hot: hotReason !== undefined,
    view: {
      ...viewOf(node, candidate),
      state: reason?.state ?? hotReason?.state ?? 'ok',
      cost: usable ? cost : null,
      note:
        reason?.note ?? hotReason?.note ?? (usable ? '' : `refused by policy ${state.policy.name}`),
    },
  };
}

interface Reason {
  readonly state: NodeViewState;
  readonly note: string;
}

function silenceReason(ageMs: number): Reason | undefined {
  return ageMs > USABLE_MS ? { state: 'silent', note: `silent for ${seconds(ageMs)}` } : undefined;
}

function unreachableReason(
  state: DaemonState,
  client: number,
  node: ClusterNode,
  nowMs: number,
): Reason | undefined {
  const backoff = state.clients.get(client)?.unreachable.get(node.id);
  if (!backoff || backoff.untilMs <= nowMs) return undefined;
  const note = `not reachable by remote shell; tried again in ${seconds(backoff.untilMs - nowMs)}`;
  return { state: 'unreachable', note };
}

function wishReason(node: ClusterNode, candidate: Candidate, wishes: Wishes): Reason | undefined {
  const left = (note: string): Reason => ({ state: 'ok', note });
  if (wishes.exclude.includes(node.name)) return left('excluded by -x');
  if (wishes.only.length > 0 && !wishes.only.includes(node.name)) return left('not named by -H');
  if (wishes.order.length > 0 && !wishes.order.includes(node.name)) return left('not ranked');
  if (wishes.memoryBytes > candidate.freeBytes) return left('too little free memory for --mem');
  return undefined;
}

function hotReasonOf(
  record: NodeRecord,
  entry: TableEntry | undefined,
  wishes: Wishes,
): Reason | undefined {
  if (entry && entry.missedProbes >= MISSED_PROBES_MAX) {
    return { state: 'silent', note: 'does not answer' };
  }
  if (record.draining) return { state: 'draining', note: 'draining' };
  if (record.pressed) return { state: 'hot', note: 'held up for want of memory' };
  const spareBytes = record.freeBytes - wishes.memoryBytes;
  if (spareBytes < FREE_MEMORY_SHARE_MIN * record.totalBytes) {
    return { state: 'hot', note: 'short of memory' };
  }
  return undefined;
}

function candidateOf(
  node: ClusterNode,
  record: NodeRecord,
  ageMs: number,
  self: boolean,
  promisedCpus: number,
): Candidate {
  return {
    name: node.name,
    tags: node.tags,
    load: record.load + promisedCpus,
    loadavg: record.loadavg + promisedCpus,
    cpus: node.cpus ?? record.cpus,
    speed: node.speed,
    freeBytes: record.freeBytes,
    totalBytes: record.totalBytes,
    jobs: record.jobs,
    loadWeight: node.loadWeight,
    memoryWeight: node.memoryWeight,
    ageMs,
    self,
  };
}

function viewOf(node: ClusterNode, candidate: Candidate): NodeView {
  const { load, loadavg, cpus, freeBytes, totalBytes, jobs, self, ageMs } = candidate;
  return {
    name: node.name,
    state: 'ok',
    destination: node.destination,
    load,
    loadavg,
    cpus,
    freeBytes,
    totalBytes,
    jobs,
    loadWeight: node.loadWeight,
    memoryWeight: node.memoryWeight,
    ageSeconds: ageMs / 1000,
    cost: null,
    self,
    note: '',
  };
}

function unheardOf(node: ClusterNode): JudgedNode {
  const nothing: NodeRecord = {
    id: node.id,
    sequence: 0,
    ageMs: 0,
    load: 0,
    loadavg: 0,
    cpus: node.cpus ?? 0,
    freeBytes: 0,
    totalBytes: 0,
    jobs: 0,
    placements: 0,
    draining: false,
    pressed: false,
  };
  const view = viewOf(node, candidateOf(node, nothing, 0, false, 0));
  const silent: NodeView = { ...view, state: 'unknown', note: 'nothing heard from it' };
  return { node, candidate: undefined, hot: false, view: silent };
}

function sumPromised(state: DaemonState): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { node, cpus } of state.promised.values()) {
    sums.set(node, (sums.get(node) ?? 0) + cpus);
  }
  return sums;
}

function rankOf(judged: JudgedNode): number {
  if (!judged.candidate) return 2;
  return judged.hot ? 1 : 0;
}

function compareCosts(a: JudgedNode, b: JudgedNode): number {
  const difference = (a.view.cost ?? 0) - (b.view.cost ?? 0);
  return difference !== 0 ? difference : a.node.name < b.node.name ? -1 : 1;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
