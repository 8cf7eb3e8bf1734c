/**
 * The evaluation function: which of the usable nodes is the best for one more job.
 *
 * A policy is a cost; the least wins and ties are broken at random. A user's policy is a module
 * whose default export is a `Policy`, or just a cost function (`dshd --policy FILE`).
 */
import type { Wishes } from './wire/control.ts';

/** A node as a policy sees it. */
export interface Candidate {
  readonly name: string;
  readonly tags: readonly string[];
  /** Runnable processes averaged over a second, jobs on their way here included. */
  readonly load: number;
  /** The kernel's one-minute load average, with reservations. */
  readonly loadavg: number;
  readonly cpus: number;
  readonly speed: number;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Live jobs of dsh on it. */
  readonly jobs: number;
  readonly loadWeight: number;
  readonly memoryWeight: number;
  /** Since the figures were measured. */
  readonly ageMs: number;
  /** It is the node on which the question is asked. */
  readonly self: boolean;
}

export interface Policy {
  readonly name: string;
  /**
   * True: the candidates are asked for fresh figures before the choice, and the job is reserved at
   * the chosen node. False: the table is believed, and the asking daemon alone adds a virtual load
   * for `VIRTUAL_LOAD_MS`, as the original did.
   */
  readonly asks: boolean;
  /** Cost of one more job there; NaN or Infinity: never. */
  cost(candidate: Candidate, wishes: Needs): number;
  /** What the cost consists of, for whoever asks how a choice was made. */
  terms?(candidate: Candidate, wishes: Needs): { readonly [name: string]: number };
}

export type Needs = Pick<Wishes, 'cpus' | 'memoryBytes'>;

/** The original's "small time"; its own figure is not known. */
export const VIRTUAL_LOAD_MS = 5000;

export const builtinPolicies: { readonly [name: string]: Policy } = {
  fresh: createPricing('fresh', ({ load }) => load),
  loadavg: createPricing('loadavg', ({ loadavg }) => loadavg),
  /** Least weighted load average; memory plays no part ("further possible improvements"). */
  seed: {
    name: 'seed',
    asks: false,
    cost: weightedLoadavg,
    terms: (candidate) => ({ load: weightedLoadavg(candidate) }),
  },
};

function weightedLoadavg({ loadWeight, loadavg }: Candidate): number {
  return loadWeight * loadavg;
}

/** Load and memory have a price; the cost is their sum. */
function createPricing(name: string, loadOf: (candidate: Candidate) => number): Policy {
  const price = (candidate: Candidate, needs: Needs): number =>
    loadPrice(candidate, loadOf(candidate), needs.cpus);
  return {
    name,
    asks: true,
    cost: (candidate, needs) => price(candidate, needs) + memoryPrice(candidate, needs.memoryBytes),
    terms: (candidate, needs) => ({
      load: price(candidate, needs),
      memory: memoryPrice(candidate, needs.memoryBytes),
    }),
  };
}

/** The stretch that the job will see: processes per CPU once it is there, times the weight. */
function loadPrice(candidate: Candidate, load: number, cpus: number): number {
  return (candidate.loadWeight * (load + cpus)) / (candidate.cpus * candidate.speed);
}

/**
 * Doubles with each further tenth of the memory in use; full memory weighs as one job per CPU.
 * Opportunity cost after Amir et al., TPDS 2000. A higher weight means faster memory, as on the
 * original's page, and so a lower price.
 */
function memoryPrice(candidate: Candidate, neededBytes: number): number {
  const used = 1 - (candidate.freeBytes - neededBytes) / candidate.totalBytes;
  return 2 ** (10 * (used - 1)) / candidate.memoryWeight;
}
