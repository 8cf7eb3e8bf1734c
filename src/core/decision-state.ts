/** What is kept of a choice on its way; `decision.ts` says how it goes. */
import type { JobLabel } from './job-label.ts';
import type { Scan } from './scan.ts';
import type { NodeView, Wishes } from './wire/control.ts';
import type { ChosenNode, ShortlistedNode } from './wire/control-report.ts';

/** What a client asked for, whichever way it came. */
export interface Question {
  readonly client: number;
  readonly id: number;
  readonly wishes: Wishes;
  /** `job`: the client says when it ends. `hold`: it never will. */
  readonly kind: 'job' | 'hold';
  readonly explain: boolean;
  /** Jobs to be placed. */
  readonly count: number;
  /** The answer is to be a list, whatever the count. */
  readonly isBatch: boolean;
  /** Of jobs. */
  readonly label?: JobLabel;
}

/** Jobs that went to one node together. */
export interface Part {
  readonly slot: number;
  /** The first of them. */
  readonly job: number;
  readonly count: number;
  /** The load that was expected there before them. */
  readonly expectedLoad: number;
  /** `asked`: it has not answered yet. `overtaken`: others were faster. */
  outcome: ChosenNode['outcome'] | 'asked' | 'overtaken';
}

export interface Decision {
  readonly question: Question;
  phase: 'asking' | 'reserving';
  /** Under which it is found: one while asking, then one for each part that is out. */
  nonces: Map<number, Part | undefined>;
  askedMs: number;
  deadlineMs: number;
  /** Slots of nodes asked and not heard yet. */
  readonly waiting: Set<number>;
  /** Slots of nodes that are asked only if the favourite disappoints. */
  readonly later: Set<number>;
  /** Slots of nodes whose figures are fresh, and how long they took to come. */
  readonly answered: Map<number, Freshness>;
  /** Slots of nodes that kept silent in this choice. */
  readonly quiet: Set<number>;
  readonly parts: Part[];
  /** While asking: the slot from which the best answer is expected. */
  favourite: number | undefined;
  /** The part that is reserved there meanwhile. */
  held: Part | undefined;
  /** Jobs that have no node yet. */
  left: number;
  /** A choice is made anew once at most; then the nodes are taken as they are. */
  repeated: boolean;
  /** There is nothing to choose from, so that whatever the node replies changes nothing. */
  isForced: boolean;
  isAnswered: boolean;
  /** The first deadline of this phase has passed, and it was worth waiting. */
  isPatient: boolean;
  /** How the nodes stood when the choice was made, if that is to be explained. */
  ranking: readonly NodeView[];
  readonly grounds: Grounds;
}

export interface Freshness {
  readonly source: 'self' | 'answer' | 'recent';
  readonly answerMs: number;
}

/** What the choice was made from, for whoever asks later. */
export interface Grounds {
  scan: Scan | undefined;
  arrivals: number;
  shortlist: readonly ShortlistedNode[];
}
