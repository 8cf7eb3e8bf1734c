/** All that a daemon knows, and what its parts hand on to the shell. */
import type { Backoff } from './backoff.ts';
import type { Cluster } from './cluster.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { foldSample, type LoadEstimate } from './load-estimate.ts';
import type { Policy } from './policy.ts';
import type { Table } from './table.ts';
import type { ControlReply, NodeView, Wishes } from './wire/control.ts';

/** The rhythm of the original: each node states its figures about every 1.5 s. */
export const TICK_MS = 1500;
/** A record this old is no ground for a choice: three ticks. */
export const USABLE_MS = 3 * TICK_MS;

/** One reading of the node's own /proc and cgroups. */
export interface Measurement {
  /** Runnable processes now, less the daemon itself. */
  readonly runnable: number;
  /** The kernel's load average over one minute. */
  readonly loadavg: number;
  /** CPUs that jobs may use; a fraction under a quota. */
  readonly cpus: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Share of the time in which all processes waited for memory, 0 to 1. */
  readonly memoryPressure: number;
}

/** A job that this daemon placed for a client of its own. */
export interface PlacedJob {
  readonly client: number;
  readonly node: number;
  readonly cpus: number;
  /** It is reserved at its node, so this daemon's heartbeats count it. */
  readonly reserved: boolean;
}

/** One connection of the local socket; its jobs end with it. */
export interface Client {
  readonly jobs: Set<number>;
  readonly unreachable: Map<number, Backoff>;
}

/** A load that was given out and that no record shows yet. */
export interface Promised {
  readonly node: number;
  readonly cpus: number;
  readonly untilMs: number;
}

export interface Counters {
  packetsSent: number;
  packetsReceived: number;
  bytesSent: number;
  bytesReceived: number;
  packetsRefused: number;
  placements: number;
  refusals: number;
  probesMissed: number;
}

export interface DaemonState {
  readonly epoch: number;
  readonly maxLoops: number;
  cluster: Cluster;
  policy: Policy;
  draining: boolean;
  measurement: Measurement;
  estimate: LoadEstimate;
  readonly ledger: Ledger;
  readonly table: Table;
  readonly clients: Map<number, Client>;
  readonly jobs: Map<number, PlacedJob>;
  /** Keyed by the nonce of the question that is out. */
  readonly decisions: Map<number, Decision>;
  /** By job: reserved, not yet confirmed; under policy `seed` the virtual loads. */
  readonly promised: Map<number, Promised>;
  readonly counters: Counters;
  lastJob: number;
  packetCounter: number;
  sequence: number;
  nextTickMs: number;
  /** When a push is due; undefined: none is. */
  nextPushMs: number | undefined;
  lastSentMs: number;
  lastSentLoad: number;
  /** The rest of the shuffled round of peers. */
  round: number[];
}

export type Effect =
  | { readonly type: 'send'; readonly to: number; readonly bytes: Uint8Array }
  | { readonly type: 'reply'; readonly client: number; readonly reply: ControlReply };

/** What every part of a step gets. */
export interface Context {
  readonly state: DaemonState;
  readonly nowMs: number;
  readonly random: () => number;
  readonly effects: Effect[];
}

export interface DaemonOptions {
  /** Milliseconds since 1970; must be higher than at every earlier start. */
  readonly epoch: number;
  readonly cluster: Cluster;
  readonly policy: Policy;
  /** A node silent for this many ticks is dropped from the table. */
  readonly maxLoops: number;
  readonly measurement: Measurement;
}

export function createDaemonState(options: DaemonOptions, nowMs: number): DaemonState {
  return {
    ...options,
    draining: false,
    estimate: foldSample(undefined, options.measurement.runnable, nowMs),
    ledger: createLedger(),
    table: new Map(),
    clients: new Map(),
    jobs: new Map(),
    decisions: new Map(),
    promised: new Map(),
    counters: {
      packetsSent: 0,
      packetsReceived: 0,
      bytesSent: 0,
      bytesReceived: 0,
      packetsRefused: 0,
      placements: 0,
      refusals: 0,
      probesMissed: 0,
    },
    lastJob: 0,
    packetCounter: 0,
    sequence: 0,
    // The first tick is at once: a daemon that comes back is known again within a tick.
    nextTickMs: nowMs,
    nextPushMs: undefined,
    lastSentMs: nowMs,
    lastSentLoad: 0,
    round: [],
  };
}

/** What a client asked for, whichever way it came. */
export interface Question {
  readonly client: number;
  readonly id: number;
  readonly wishes: Wishes;
  /** `job`: the client says when it ends. `hold`: it never will. */
  readonly kind: 'job' | 'hold';
  readonly explain: boolean;
}

/** One choice on its way; `decision.ts` says how it goes. */
export interface Decision {
  readonly question: Question;
  phase: 'asking' | 'reserving';
  deadlineMs: number;
  /** Nodes asked and not heard yet. */
  readonly waiting: Set<number>;
  /** Nodes whose figures are fresh. */
  readonly answered: Set<number>;
  /** While reserving: where, as which job, and the load that was expected there. */
  job: number;
  node: number;
  expectedLoad: number;
  /** A choice is made anew once at most; then the node is taken as it is. */
  repeated: boolean;
  /** How the nodes stood when the choice was made, if that is to be explained. */
  ranking: readonly NodeView[];
}
