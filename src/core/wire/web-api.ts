/**
 * What dshd tells over HTTP under /api/v1, as JSON; docs/openapi.json says the same to other
 * programs, and a test holds the answers against it. Fields are added and never given a new meaning.
 *
 *     /api/v1/nodes           NodesAnswer
 *     /api/v1/jobs            JobsAnswer
 *     /api/v1/explain/JOB     ExplainAnswer
 *     /api/v1/counters        CountersAnswer
 *     /api/v1/history?node=N  HistoryAnswer, of the whole cluster without a node
 *     /api/v1/events          server-sent events: first one `snapshot`, then a `change` for each
 *                             second in which something has changed; their data are a NewsAnswer
 *
 * What is refused is answered by a RefusedAnswer, whatever its status.
 */
import type { NodeView } from './control.ts';
import type { Counters, DecisionReport, JobReport } from './control-report.ts';

export interface NodesAnswer {
  /** The node whose daemon answers. */
  readonly self: string;
  /** Every node of its cluster file, best first. */
  readonly nodes: readonly NodeView[];
}

export interface JobsAnswer {
  /**
   * Those that this daemon placed, the running before those that ended of late, newest first. Others'
   * are told by the daemons that placed them.
   */
  readonly jobs: readonly JobReport[];
}

/** Everything, or what of it has changed: rows replace those of the same node or job. */
export type NewsAnswer = NodesAnswer & JobsAnswer;

export interface ExplainAnswer {
  readonly decision: DecisionReport;
}

export interface CountersAnswer {
  readonly counters: Counters;
}

export interface HistoryAnswer {
  /** `null`: the whole cluster, which means the nodes that were heard. */
  readonly node: string | null;
  /** Between two points. */
  readonly stepSeconds: number;
  /** Since the newest point was taken. */
  readonly ageSeconds: number;
  /** Oldest first, one a point; `null` where nothing was heard. Runnable processes, averaged over the step. */
  readonly load: readonly (number | null)[];
  readonly cpus: readonly (number | null)[];
  /** Share of the memory in use, 0 to 1. */
  readonly memory: readonly (number | null)[];
}

export interface RefusedAnswer {
  /** One line: what, and what was expected. */
  readonly error: string;
}
