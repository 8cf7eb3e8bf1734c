/**
 * Jobs as a trace that Perfetto (ui.perfetto.dev) and chrome://tracing show: a group for each node, in it as many
 * lanes as jobs overlapped there. The format: "Trace Event Format", Google, complete events (`X`) and metadata (`M`).
 */
import { compareNames } from './node-table.ts';

/** A job on a clock of the trace's own, in milliseconds. */
export interface TracedJob {
  readonly job: number;
  readonly node: string;
  readonly user: string;
  readonly command: string;
  readonly placedMs: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly outcome: string;
}

export interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export function traceJobs(jobs: readonly TracedJob[]): TraceEvent[] {
  const beginMs = Math.min(...jobs.map(({ placedMs }) => placedMs));
  const nodes = [...new Set(jobs.map(({ node }) => node))]
    .map((name) => ({ name }))
    .toSorted(compareNames);
  return nodes.flatMap(({ name }, index) => {
    const pid = index + 1;
    const own = jobs.filter(({ node }) => node === name);
    const title: TraceEvent = { name: 'process_name', ph: 'M', pid, tid: 0, args: { name } };
    return [title, ...assignLanes(own).map(({ job, lane }) => event(job, pid, lane, beginMs))];
  });
}

interface Laid {
  readonly job: TracedJob;
  /** From 1 on. */
  readonly lane: number;
}

/** Each job takes the first lane that is free when it starts, so there are no more than overlapped. */
function assignLanes(jobs: readonly TracedJob[]): Laid[] {
  const freeFromMs: number[] = [];
  return jobs
    .toSorted((a, b) => a.startedMs - b.startedMs)
    .map((job) => {
      const found = freeFromMs.findIndex((freeMs) => freeMs <= job.startedMs);
      const lane = found < 0 ? freeFromMs.length : found;
      freeFromMs[lane] = job.endedMs;
      return { job, lane: lane + 1 };
    });
}

function event(traced: TracedJob, pid: number, tid: number, beginMs: number): TraceEvent {
  const { job, user, command, placedMs, startedMs, endedMs, outcome } = traced;
  return {
    name: command === '' ? `job ${job}` : command,
    ph: 'X',
    cat: outcome === '0' ? 'ok' : 'other',
    pid,
    tid,
    ts: Math.round((startedMs - beginMs) * 1000),
    dur: Math.max(0, Math.round((endedMs - startedMs) * 1000)),
    args: { job, user, outcome, waitedMs: Math.round(startedMs - placedMs) },
  };
}
