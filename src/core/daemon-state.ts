/** All that a daemon knows, and what its parts hand on to the shell. */
import { type ArrivalRate, createArrivalRate } from './arrival-rate.ts';
import type { Backoff } from './backoff.ts';
import { type Cluster, type Roster, rosterOf } from './cluster.ts';
import type { Decision } from './decision-state.ts';
import { createFreshness, type Freshness } from './freshness.ts';
import { createJobRegister, type JobRegister } from './job-register.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { foldSample, LOAD_TAU_MS, LOADAVG_TAU_MS, type LoadEstimate } from './load-estimate.ts';
import { createRound, type Round } from './peers.ts';
import type { Ping } from './ping.ts';
import type { Policy } from './policy.ts';
import { createTable, type Table } from './table.ts';
import { type Authenticator, withoutKey } from './wire/authentication.ts';
import type { ControlReply } from './wire/control.ts';
import type { Counters, DecisionReport } from './wire/control-report.ts';
import { refusalKinds } from './wire/refusal.ts';
import type { VersionNumber } from './wire/version.ts';

/** The rhythm of the original: each node states its figures about every 1.5 s. */
export const TICK_MS = 1500;

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
  readonly memoryBytes: number;
  readonly untilMs: number;
}

/** How a node that leaves probes unanswered is left alone, ever longer, until it is heard. */
export type Silences = Map<number, Backoff>;

export interface DaemonState {
  readonly epoch: number;
  /** When `epoch` was, on the monotonic clock. */
  readonly startedMs: number;
  readonly maxLoops: number;
  readonly version: VersionNumber;
  /** The own record goes to a multicast group too, and so to few peers one by one. */
  readonly multicast: boolean;
  cluster: Cluster;
  roster: Roster;
  /** This node's own place in the roster. */
  selfSlot: number;
  policy: Policy;
  authenticator: Authenticator;
  draining: boolean;
  measurement: Measurement;
  estimate: LoadEstimate;
  /** The wall clock less the monotonic one. */
  wallOffsetMs: number;
  readonly ledger: Ledger;
  table: Table;
  freshness: Freshness;
  /** By slot: what a node was asked to echo. */
  readonly hellos: Map<number, { readonly nonce: number; readonly sentMs: number }>;
  helloAttempts: number;
  /** Somebody's table has come. */
  isWelcome: boolean;
  /** By slot: nodes that do not answer. */
  readonly silences: Silences;
  /** By slot: when an answer came last for which nobody waited any more. */
  readonly lateAnswers: Map<number, number>;
  /** By node id: when a dispatcher last spoke of its jobs here. */
  readonly statedMs: Map<number, number>;
  readonly arrivals: ArrivalRate;
  readonly clients: Map<number, Client>;
  readonly jobs: Map<number, PlacedJob>;
  /** The same, and those that ended lately, for people. */
  readonly register: JobRegister;
  /** Keyed by the nonce of the question that is out. */
  readonly decisions: Map<number, Decision>;
  /** By the nonce that comes back. */
  readonly pings: Map<number, Ping>;
  /** By job: reserved, not yet confirmed; under policy `seed` the virtual loads. */
  readonly promised: Map<number, Promised>;
  /** The last decisions, oldest first. */
  readonly reports: DecisionReport[];
  readonly counters: Counters;
  lastJob: number;
  packetCounter: number;
  sequence: number;
  nextTickMs: number;
  /** When a push is due; undefined: none is. */
  nextPushMs: number | undefined;
  lastSentMs: number;
  lastSentLoad: number;
  /** What was given out of this node's CPUs, when the own record was last sent. */
  lastSentCpus: number;
  /** When somebody last wanted to know the state of this node or a node to run on. */
  lastAskedMs: number;
  round: Round;
  /** The slot whose record was relayed last in its turn. */
  relayTurn: number;
  /** 0: the own ticks are punctual; up to 7, by how much more patience is due to others. */
  health: number;
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
  readonly version: VersionNumber;
  /** Default: packets are not sealed. */
  readonly authenticator?: Authenticator;
  readonly multicast?: boolean;
}

export function createDaemonState(options: DaemonOptions, nowMs: number): DaemonState {
  const roster = rosterOf(options.cluster);
  const count = roster.nodes.length;
  return {
    authenticator: withoutKey,
    multicast: false,
    ...options,
    startedMs: nowMs,
    roster,
    selfSlot: roster.slotOfId.get(options.cluster.self.id)!,
    draining: false,
    estimate: foldSample(undefined, options.measurement.runnable, nowMs),
    wallOffsetMs: options.epoch - nowMs,
    ledger: createLedger(LOAD_TAU_MS, LOADAVG_TAU_MS),
    table: createTable(roster),
    freshness: createFreshness(count),
    hellos: new Map(),
    helloAttempts: 0,
    isWelcome: false,
    silences: new Map(),
    lateAnswers: new Map(),
    statedMs: new Map(),
    arrivals: createArrivalRate(nowMs),
    clients: new Map(),
    jobs: new Map(),
    register: createJobRegister(),
    decisions: new Map(),
    pings: new Map(),
    promised: new Map(),
    reports: [],
    counters: createCounters(),
    lastJob: 0,
    packetCounter: 0,
    sequence: 0,
    // The first tick is at once: a daemon that comes back is known again within a tick.
    nextTickMs: nowMs,
    nextPushMs: undefined,
    lastSentMs: nowMs,
    lastSentLoad: 0,
    lastSentCpus: 0,
    lastAskedMs: -Infinity,
    round: createRound(count),
    relayTurn: 0,
    health: 0,
  };
}

export function wallClockMs({ state, nowMs }: Context): number {
  return nowMs + state.wallOffsetMs;
}

/** Of late somebody asked for a node, here or from elsewhere, or a job of dsh runs. */
export function isInUse({ ledger, jobs, lastAskedMs }: DaemonState, nowMs: number): boolean {
  return ledger.live > 0 || jobs.size > 0 || nowMs - lastAskedMs < IN_USE_MS;
}

const IN_USE_MS = 10_000;

function createCounters(): Counters {
  return {
    packetsSent: 0,
    packetsReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
    packetsRefused: 0,
    refused: Object.fromEntries(refusalKinds.map((kind) => [kind, 0])) as Counters['refused'],
    placements: 0,
    refusals: 0,
    probesMissed: 0,
  };
}
