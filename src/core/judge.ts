/**
 * Every node as a place for one more job: at what cost, or why not.
 *
 * A choice looks at hundreds of nodes, so one judge with one candidate looks at them one after the
 * other, and nothing is made for a node that is not chosen.
 */
import { type Backoff } from './backoff.ts';
import { type DaemonState } from './daemon-state.ts';
import { ownRecord } from './own-record.ts';
import type { Candidate } from './policy.ts';
import { ageOf } from './table.ts';
import { usableMs } from './thresholds.ts';
import type { Wishes } from './wire/control.ts';
import {
  decodeRecord,
  DRAINING,
  encodeRecord,
  type NodeRecord,
  PRESSED,
  RECORD_BYTES,
  recordCpus,
  recordFlags,
  recordFreeBytes,
  recordJobs,
  recordLoad,
  recordLoadavg,
  recordTotalBytes,
} from './wire/record.ts';

/** Below this share of free memory a node is taken only when there is no other. */
const FREE_MEMORY_SHARE_MIN = 0.05;
/** A node that left two probes in a row unanswered comes last for a while. */
const MISSED_PROBES_MAX = 2;

/** Why a node is not to be chosen. */
export type Exclusion =
  | 'unheard'
  | 'silent'
  | 'unreachable'
  | 'excluded'
  | 'not-named'
  | 'not-ranked'
  | 'too-little-memory'
  | 'policy';
/** Why a node comes after all others. */
export type Heat = 'unresponsive' | 'draining' | 'pressed' | 'short-of-memory';

export interface Judge {
  readonly state: DaemonState;
  readonly wishes: Wishes;
  readonly nowMs: number;
  readonly usableMs: number;
  readonly own: NodeRecord;
  /** By node id: nodes that the asking client's remote shell could not reach. */
  readonly unreachable: ReadonlyMap<number, Backoff> | undefined;
  /** By node id: what is on its way to a node and no record shows yet. */
  readonly promised: Map<number, OnTheWay>;
  /** The node that was judged last, and what came out. */
  readonly candidate: { -readonly [Key in keyof Candidate]: Candidate[Key] };
  exclusion: Exclusion | undefined;
  heat: Heat | undefined;
  cost: number;
}

interface OnTheWay {
  readonly cpus: number;
  readonly memoryBytes: number;
}

export function createJudge(
  state: DaemonState,
  client: number,
  wishes: Wishes,
  nowMs: number,
): Judge {
  return {
    state,
    wishes,
    nowMs,
    usableMs: usableMs(state),
    // As the others are told: figures that are exacter than theirs would decide every tie.
    own: decodeRecord(encodeRecord(ownRecord(state, nowMs)), 0),
    unreachable: state.clients.get(client)?.unreachable,
    promised: sumPromised(state),
    candidate: createCandidate(),
    exclusion: undefined,
    heat: undefined,
    cost: Infinity,
  };
}

/** Counts more as promised to a node: a batch is placed one job after the other. */
export function addPromise(judge: Judge, node: number, cpus: number, memoryBytes: number): void {
  const known = judge.promised.get(node) ?? { cpus: 0, memoryBytes: 0 };
  judge.promised.set(node, {
    cpus: known.cpus + cpus,
    memoryBytes: known.memoryBytes + memoryBytes,
  });
}

/** Looks at a node: fills the judge's candidate, exclusion, heat and cost. */
export function judgeNode(judge: Judge, slot: number): void {
  const { state, wishes, candidate } = judge;
  judge.heat = undefined;
  judge.cost = Infinity;
  const flags = fillCandidate(judge, slot);
  judge.exclusion = flags === undefined ? 'unheard' : findExclusion(judge, slot);
  if (flags === undefined) return;
  judge.heat = findHeat(judge, slot, flags);
  if (judge.exclusion !== undefined) return;
  const cost = state.policy.cost(candidate, wishes);
  if (Number.isFinite(cost)) judge.cost = cost;
  else judge.exclusion = 'policy';
}

/** Whether one more job would have CPUs of its own there. */
export function hasRoom(judge: Judge, slot: number): boolean {
  judgeNode(judge, slot);
  const { exclusion, heat, candidate, wishes } = judge;
  if (exclusion !== undefined || heat !== undefined) return false;
  return candidate.load + wishes.cpus <= Math.max(candidate.cpus, wishes.cpus);
}

/** How fast a job raises the cost of the node judged last: the more, the slower. */
export function capacityOf({ candidate }: Judge): number {
  return (candidate.cpus * candidate.speed) / candidate.loadWeight;
}

/** The flags of its record; undefined: there is none. */
function fillCandidate(judge: Judge, slot: number): number | undefined {
  const { state, candidate } = judge;
  const node = state.roster.nodes[slot]!;
  candidate.name = node.name;
  candidate.tags = node.tags;
  candidate.speed = node.speed;
  candidate.loadWeight = node.loadWeight;
  candidate.memoryWeight = node.memoryWeight;
  candidate.self = slot === state.selfSlot;
  const flags = candidate.self ? fillFromSelf(judge) : fillFromTable(judge, slot);
  const promised = judge.promised.get(node.id);
  if (promised) {
    candidate.load += promised.cpus;
    candidate.loadavg += promised.cpus;
    candidate.freeBytes -= promised.memoryBytes;
  }
  if (node.cpus !== undefined) candidate.cpus = node.cpus;
  return flags;
}

function fillFromSelf({ state, candidate, own, nowMs }: Judge): number {
  const { load, loadavg, cpus, freeBytes, totalBytes, jobs } = own;
  Object.assign(candidate, { load, loadavg, cpus, freeBytes, totalBytes, jobs });
  candidate.ageMs = nowMs - state.estimate.sampledMs;
  return (own.draining ? DRAINING : 0) | (own.pressed ? PRESSED : 0);
}

function fillFromTable({ state, candidate, nowMs }: Judge, slot: number): number | undefined {
  const { records, known } = state.table;
  if (known[slot] === 0) {
    const nothing = {
      load: 0,
      loadavg: 0,
      cpus: 0,
      freeBytes: 0,
      totalBytes: 0,
      jobs: 0,
      ageMs: 0,
    };
    Object.assign(candidate, nothing);
    return undefined;
  }
  const at = slot * RECORD_BYTES;
  candidate.load = recordLoad(records, at);
  candidate.loadavg = recordLoadavg(records, at);
  candidate.cpus = recordCpus(records, at);
  candidate.freeBytes = recordFreeBytes(records, at);
  candidate.totalBytes = recordTotalBytes(records, at);
  candidate.jobs = recordJobs(records, at);
  candidate.ageMs = ageOf(state.table, slot, nowMs);
  return recordFlags(records, at);
}

function findExclusion(judge: Judge, slot: number): Exclusion | undefined {
  const { candidate, wishes, unreachable, nowMs, state } = judge;
  const { name, self, ageMs, freeBytes } = candidate;
  if (!self && ageMs > judge.usableMs) return 'silent';
  if (unreachable && unreachable.size > 0) {
    const backoff = unreachable.get(state.roster.nodes[slot]!.id);
    if (backoff && backoff.untilMs > nowMs) return 'unreachable';
  }
  if (wishes.exclude.length > 0 && wishes.exclude.includes(name)) return 'excluded';
  if (wishes.only.length > 0 && !wishes.only.includes(name)) return 'not-named';
  if (wishes.order.length > 0 && !wishes.order.includes(name)) return 'not-ranked';
  return wishes.memoryBytes > freeBytes ? 'too-little-memory' : undefined;
}

function findHeat(judge: Judge, slot: number, flags: number): Heat | undefined {
  const { state, nowMs, candidate, wishes } = judge;
  const silence = state.silences.size > 0 ? state.silences.get(slot) : undefined;
  if (silence && silence.failures >= MISSED_PROBES_MAX && silence.untilMs > nowMs) {
    return 'unresponsive';
  }
  if ((flags & DRAINING) !== 0) return 'draining';
  if ((flags & PRESSED) !== 0) return 'pressed';
  const spareBytes = candidate.freeBytes - wishes.memoryBytes;
  return spareBytes < FREE_MEMORY_SHARE_MIN * candidate.totalBytes ? 'short-of-memory' : undefined;
}

function sumPromised({ promised }: DaemonState): Map<number, OnTheWay> {
  const sums = new Map<number, OnTheWay>();
  for (const { node, cpus, memoryBytes } of promised.values()) {
    const sum = sums.get(node) ?? { cpus: 0, memoryBytes: 0 };
    sums.set(node, { cpus: sum.cpus + cpus, memoryBytes: sum.memoryBytes + memoryBytes });
  }
  return sums;
}

function createCandidate(): Judge['candidate'] {
  return {
    name: '',
    tags: [],
    load: 0,
    loadavg: 0,
    cpus: 0,
    speed: 1,
    freeBytes: 0,
    totalBytes: 0,
    jobs: 0,
    loadWeight: 1,
    memoryWeight: 1,
    ageMs: 0,
    self: false,
  };
}
