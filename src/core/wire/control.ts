/**
 * The protocol on the daemon's Unix socket: one JSON object a line, in both directions.
 *
 * Each request has an `op`. `place`, `best` and `nodes` carry an `id` and are answered by one line
 * with the same `id`, in any order; the others are told and not answered. A malformed line is
 * answered by `error`. What a connection placed and did not end is ended when it closes: the connection
 * is the lease of its jobs.
 */

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

export type ControlRequest =
  | {
      readonly op: 'place';
      readonly id: number;
      readonly wishes: Wishes;
      /** The answer is to hold the ranking. */
      readonly explain: boolean;
    }
  | { readonly op: 'best'; readonly id: number; readonly wishes: Wishes }
  | { readonly op: 'nodes'; readonly id: number }
  | { readonly op: 'started'; readonly job: number }
  | { readonly op: 'ended'; readonly job: number }
  /** The job did not start because its node could not be reached: the node is backed off. */
  | { readonly op: 'unreachable'; readonly job: number };

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
  readonly self: boolean;
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

export type ControlReply =
  | {
      readonly id: number;
      readonly op: 'placed';
      readonly job: number;
      readonly node: string;
      readonly destination: string;
      /** The chosen node is the daemon's own. */
      readonly here: boolean;
      /** Every node as it was judged for this choice, best first; empty unless asked for. */
      readonly ranking: readonly NodeView[];
    }
  | {
      readonly id: number;
      readonly op: 'refused';
      readonly reason: string;
      readonly ranking: readonly NodeView[];
    }
  | { readonly id: number; readonly op: 'best'; readonly node: NodeView }
  | { readonly id: number; readonly op: 'nodes'; readonly nodes: readonly NodeView[] }
  /** With the request's `id` where it had one; without, the line was none. */
  | { readonly op: 'error'; readonly id?: number; readonly reason: string };
