/**
 * The interface of a policy module for `dshd --policy FILE`. Its default export is a `Policy`, or
 * just its `cost`:
 *
 *     // @ts-check
 *     // The least loaded node, but those tagged gpu only when nothing else is free.
 *     /** @type {import('dsh-cluster/types/policy.d.ts').Cost} *\/
 *     export default ({ load, cpus, tags }) => load / cpus + (tags.includes('gpu') ? 10 : 0);
 *
 * It is called for some hundreds of nodes at each choice: it must be quick, and wait for nothing.
 */

/** A node, as it would be chosen or not. */
export interface Candidate {
  readonly name: string;
  /** `tags=` of the cluster file. */
  readonly tags: readonly string[];
  /** Runnable processes averaged over a second, jobs on their way here included. */
  readonly load: number;
  /** The kernel's one-minute load average, with reservations. */
  readonly loadavg: number;
  /** CPUs that jobs may use; a fraction under a quota. */
  readonly cpus: number;
  /** Of one CPU, relative to other nodes: `speed=` of the cluster file, else 1. */
  readonly speed: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Live jobs of dsh on it. */
  readonly jobs: number;
  /** The weights of the cluster file. */
  readonly loadWeight: number;
  readonly memoryWeight: number;
  /** Since the figures were measured. */
  readonly ageMs: number;
  /** It is the node on which the question is asked. */
  readonly self: boolean;
}

/** What the job needs: `dsh --cpus` and `--mem`. */
export interface Needs {
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** The least cost wins, ties are broken at random. NaN or Infinity: never this node. */
export type Cost = (candidate: Candidate, needs: Needs) => number;

export interface Policy {
  /** Shown in messages and explanations; default: the file. */
  readonly name?: string;
  /**
   * true, the default: some nodes are asked for fresh figures before the choice, and the job is
   * reserved at the chosen one. false: the table is believed, and only the asking daemon adds a
   * virtual load for a few seconds.
   */
  readonly asks?: boolean;
  readonly cost: Cost;
  /** What the cost consists of, for explanations. */
  readonly terms?: (candidate: Candidate, needs: Needs) => { readonly [name: string]: number };
}
