/** What the daemon tells of its past over the Unix socket: jobs, a decision explained, and counters. */
import type { JobLabel } from '../job-label.ts';
import type { Wishes } from './control.ts';
import type { RefusalKind } from './refusal.ts';

/** One choice of a node, as it was made. Nodes are named, ages are in seconds at that moment. */
export interface DecisionReport {
  /** The first of its jobs. */
  readonly job: number;
  readonly count: number;
  readonly kind: 'job' | 'hold';
  readonly policy: string;
  readonly wishes: Wishes;
  /** Since it was made. */
  readonly secondsAgo: number;
  /** Nodes that could be chosen, of those looked at. */
  readonly usable: number;
  readonly looked: number;
  /** Jobs that others were expected to place meanwhile: how far the water level was raised. */
  readonly arrivals: number;
  readonly excluded: readonly ExcludedNodes[];
  /** Those whose fresh figures were wanted, the asking node among them. */
  readonly shortlist: readonly ShortlistedNode[];
  readonly chosen: readonly ChosenNode[];
  /** Others were faster, or a node did not confirm: the choice was made once more. */
  readonly repeated: boolean;
}

export interface ExcludedNodes {
  readonly reason: string;
  readonly count: number;
  /** The first few. */
  readonly names: readonly string[];
}

export interface ShortlistedNode {
  readonly node: string;
  /** `table`: it was not asked, or did not answer in time: what was known of it counted. */
  readonly source: 'self' | 'answer' | 'recent' | 'table';
  readonly answerMs?: number;
  readonly ageSeconds: number;
  readonly load: number;
  readonly cpus: number;
  readonly freeBytes: number;
  /** `null`: not to be chosen. */
  readonly cost: number | null;
  /** What the policy says the cost consists of. */
  readonly terms: { readonly [name: string]: number };
  /** Why it comes after all others, or is not to be chosen; else empty. */
  readonly note: string;
}

export interface ChosenNode {
  readonly node: string;
  readonly job: number;
  readonly count: number;
  /** `confirmed` by the node; `unconfirmed`: it did not answer; `given up` for another choice. */
  readonly outcome: 'confirmed' | 'unconfirmed' | 'given up';
}

/** One job that this daemon placed. Of ages no clocks are compared, so they are "seconds ago". */
export interface JobReport extends JobLabel {
  readonly job: number;
  readonly node: string;
  readonly cpus: number;
  readonly placedSecondsAgo: number;
  readonly startedSecondsAgo?: number;
  /** Without it, the job is not over. */
  readonly endedSecondsAgo?: number;
  /**
   * Its exit status, the name of the signal it died of, `lost`, `not started`, `timed out`; absent
   * where nobody said: of a command that took the place of its `dsh`, or whose `dsh` was killed.
   */
  readonly outcome?: string;
  /** Its process at its node, where that is not this one. */
  readonly pid?: number;
}

export interface Counters {
  packetsSent: number;
  packetsReceived: number;
  bytesSent: number;
  bytesReceived: number;
  packetsRefused: number;
  /** The same, by reason. */
  readonly refused: { [Kind in RefusalKind]: number };
  placements: number;
  /** Questions to which no node could be named. */
  refusals: number;
  probesMissed: number;
}
