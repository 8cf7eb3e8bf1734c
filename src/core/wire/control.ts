/**
 * The protocol on the daemon's Unix socket: one JSON object a line, in both directions.
 *
 * Each request has an `op`. `started`, `ended` and `unreachable` are told and not answered; the
 * others carry an `id` and are answered by one line with the same `id`, in any order. A malformed line is
 * answered by `error`. What a connection placed and did not end is ended when it closes: the connection
 * is the lease of its jobs.
 *
 * There are two sockets. Everybody of this host may use SOCKET; SOCKET.admin is open to root and to
 * the daemon's own user alone, and takes `drain` and `undrain` besides.
 */
import type { JobLabel } from '../job-label.ts';
import type { About } from './about.ts';
import type { Counters, DecisionReport, JobReport } from './control-report.ts';

export const CONTROL_REQUEST_BYTES_MAX = 65_536;
/** Holds the ranking of more nodes than a cluster file may name. */
export const CONTROL_REPLY_BYTES_MAX = 16 * 1024 * 1024;

/** Where a command may run and what it needs. */
export interface Wishes {
  /** Only these nodes; empty: any. */
  readonly only: readonly string[];
  readonly exclude: readonly string[];
  /** Not empty: these alone, and the first usable one is taken, whatever its cost. */
  readonly order: readonly string[];
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** Wishes of somebody who only looks. */
export const noWishes: Wishes = { only: [], exclude: [], order: [], cpus: 1, memoryBytes: 0 };

/** How many jobs one request may place. */
export const PLACE_COUNT_MAX = 1024;

export type ControlRequest =
  | {
      readonly op: 'place';
      readonly id: number;
      readonly wishes: Wishes;
      /** The answer is to hold the ranking. */
      readonly explain: boolean;
      /** So many jobs alike, placed together and answered by one `batch`. */
      readonly count?: number;
      /** For whoever asks for `jobs`. */
      readonly label?: JobLabel;
    }
  | {
      readonly op: 'best';
      readonly id: number;
      readonly wishes: Wishes;
      /** For so many clients at once; answered by one `bests`. */
      readonly count?: number;
    }
  | { readonly op: 'nodes'; readonly id: number }
  /** Whether the node answers a packet, and how soon; no job goes there. */
  | { readonly op: 'ping'; readonly id: number; readonly node: string }
  /** How the node of a job, placed by this daemon lately, was chosen. */
  | { readonly op: 'explain'; readonly id: number; readonly job: number }
  | { readonly op: 'counters'; readonly id: number }
  /** The jobs that this daemon placed: those that run, and the last that ended. */
  | { readonly op: 'jobs'; readonly id: number }
  /** How the daemon was set up. */
  | { readonly op: 'about'; readonly id: number }
  /** Only over the administrator's socket: this node is to be left alone; or no longer. */
  | { readonly op: 'drain'; readonly id: number }
  | { readonly op: 'undrain'; readonly id: number }
  /** `pid`: of the command, at its node. */
  | { readonly op: 'started'; readonly job: number; readonly pid?: number }
  /** `outcome`: as a `JobReport` has it. `pid`: of a command whose start was not told. */
  | {
      readonly op: 'ended';
      readonly job: number;
      readonly outcome?: string;
      readonly pid?: number;
    }
  /** The job did not start because its node could not be reached: the node is backed off. */
  | { readonly op: 'unreachable'; readonly job: number };

/** What the name of the administrator's socket ends with. */
export const ADMIN_SUFFIX = '.admin';

/** What only root and the daemon's own user may ask. */
export const administratorOps: readonly ControlRequest['op'][] = ['drain', 'undrain'];

/** One row of the ranked table, best first; also one line of the status port. */
export interface NodeView {
  readonly name: string;
  readonly state: NodeViewState;
  /** How to reach it by remote shell: the `ssh=` attribute, else the name. */
  readonly destination: string;
  /** Runnable processes, jobs on their way included. */
  readonly load: number;
  readonly loadavg: number;
  readonly cpus: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly jobs: number;
  readonly loadWeight: number;
  readonly memoryWeight: number;
  /** Seconds since the figures were measured. */
  readonly ageSeconds: number;
  /** The policy's cost of one more job; `null` where the node cannot be chosen. */
  readonly cost: number | null;
  /** What the cost consists of, where the policy says so. */
  readonly terms?: { readonly [name: string]: number };
  /** How the figures came that a choice went by; only where it is explained. */
  readonly source?: FigureSource;
  /** `answer`: after so long. */
  readonly answerMs?: number;
  readonly self: boolean;
  /** Its wall clock less this daemon's, where it was heard from itself. */
  readonly skewMs?: number;
  /** Of its dshd, likewise. */
  readonly version?: string;
  /** Why it was left out, or what is known of it besides: one short phrase, or empty. */
  readonly note: string;
}

/**
 * `silent`: its record is too old to be believed. `unknown`: nothing was heard since it was dropped.
 */
export const nodeViewStates = [
  'ok',
  'hot',
  'draining',
  'silent',
  'unknown',
  'unreachable',
] as const;
export type NodeViewState = (typeof nodeViewStates)[number];

/**
 * `self`: the asking node. `answer`: it was asked for this choice. `recent`: it had told a moment ago.
 * `table`: it was not asked, or `silent`: it was and did not answer in time, so that what was known
 * counted.
 */
export const figureSources = ['self', 'answer', 'recent', 'table', 'silent'] as const;
export type FigureSource = (typeof figureSources)[number];

/** Where a job was placed. */
export interface Placement {
  readonly job: number;
  readonly node: string;
  readonly destination: string;
  /** The chosen node is the daemon's own. */
  readonly here: boolean;
  /** Its wall clock less this daemon's, where that misleads make (`skew.ts`). */
  readonly skewMs?: number;
}

export type ControlReply =
  | ({
      readonly id: number;
      readonly op: 'placed';
      /** Every node as it was judged for this choice, best first; empty unless asked for. */
      readonly ranking: readonly NodeView[];
    } & Placement)
  /** Answers a `place` with a count; fewer than asked for if no node can take more. */
  | {
      readonly id: number;
      readonly op: 'batch';
      readonly placed: readonly Placement[];
      readonly ranking: readonly NodeView[];
    }
  | {
      readonly id: number;
      readonly op: 'refused';
      readonly reason: string;
      readonly ranking: readonly NodeView[];
    }
  | { readonly id: number; readonly op: 'best'; readonly node: NodeView }
  /** Answers a `best` with a count. */
  | { readonly id: number; readonly op: 'bests'; readonly nodes: readonly NodeView[] }
  | { readonly id: number; readonly op: 'nodes'; readonly nodes: readonly NodeView[] }
  /** `null`: nothing came within a second. */
  | { readonly id: number; readonly op: 'pinged'; readonly answerMs: number | null }
  | { readonly id: number; readonly op: 'explained'; readonly decision: DecisionReport }
  | { readonly id: number; readonly op: 'counters'; readonly counters: Counters }
  | { readonly id: number; readonly op: 'jobs'; readonly jobs: readonly JobReport[] }
  | { readonly id: number; readonly op: 'about'; readonly about: About }
  | { readonly id: number; readonly op: 'done' }
  /** With the request's `id` where it had one; without, the line was none. */
  | { readonly op: 'error'; readonly id?: number; readonly reason: string };
