/**
 * A node's CPUs and memory. All runnable threads share the CPUs equally (processor sharing); a
 * machine whose jobs need more memory than it has is ten times slower until that is over.
 */
import type { Agenda } from './agenda.ts';

export interface MachineSpec {
  readonly cpus: number;
  /** Work per CPU and ms, relative to others. */
  readonly speed: number;
  readonly totalBytes: number;
}

export interface JobSpec {
  /** CPU time of all threads together, on a CPU of speed 1. Infinity: until it is killed. */
  readonly workMs: number;
  readonly threads: number;
  readonly memoryBytes: number;
  /** It computes for `burstMs`, sleeps for `sleepMs`, and so on; without: it never sleeps. */
  readonly rest?: { readonly burstMs: number; readonly sleepMs: number };
}

export interface Machine {
  readonly spec: MachineSpec;
  /** Starts a job; `onEnd` is called when its work is done, or when the machine dies. */
  start(job: JobSpec, onEnd: (how: 'done' | 'killed') => void): Run;
  kill(run: Run): void;
  /** The machine dies. */
  killAll(): void;
  /** Threads that run or wait for a CPU. */
  runnable(): number;
  freeBytes(): number;
  isThrashing(): boolean;
  /** How often it began to thrash, and for how long it did. */
  readonly thrash: { events: number; ms: number };
  /** To be called regularly: a job's memory grows with time. */
  refresh(): void;
}

export interface Run {
  readonly job: JobSpec;
  readonly startedMs: number;
  readonly onEnd: (how: 'done' | 'killed') => void;
  /** Work left after the present burst. */
  leftMs: number;
  /** At which attained service per thread the burst ends; undefined: it sleeps. */
  burstEnd: number | undefined;
}

const THRASHING_SPEED = 0.1;
/** In which time a job takes its memory. */
const MEMORY_RAMP_MS = 3000;
/** What the system itself needs. */
const BASE_SHARE = 0.1;

export function createMachine(agenda: Agenda, spec: MachineSpec): Machine {
  const state: MachineState = {
    agenda,
    spec,
    runs: new Set(),
    thrash: { events: 0, ms: 0 },
    threads: 0,
    thrashing: false,
    attained: 0,
    attainedAtMs: agenda.nowMs(),
    rate: 0,
    version: 0,
  };
  return {
    spec,
    thrash: state.thrash,
    start(job, onEnd) {
      settle(state);
      const startedMs = agenda.nowMs();
      const run: Run = { job, startedMs, onEnd, leftMs: job.workMs, burstEnd: undefined };
      state.runs.add(run);
      beginBurst(state, run);
      plan(state);
      return run;
    },
    kill(run) {
      settle(state);
      drop(state, run);
      plan(state);
    },
    killAll() {
      settle(state);
      const killed = [...state.runs];
      for (const run of killed) drop(state, run);
      plan(state);
      for (const { onEnd } of killed) onEnd('killed');
    },
    runnable: () => state.threads,
    freeBytes: () => Math.max(0, spec.totalBytes * (1 - BASE_SHARE) - usedBytes(state)),
    isThrashing: () => state.thrashing,
    refresh() {
      if (isMemoryShort(state) === state.thrashing) return;
      settle(state);
      plan(state);
    },
  };
}

interface MachineState {
  readonly agenda: Agenda;
  readonly spec: MachineSpec;
  readonly runs: Set<Run>;
  readonly thrash: { events: number; ms: number };
  threads: number;
  thrashing: boolean;
  /** Service that a thread which has been there from the start would have got. */
  attained: number;
  attainedAtMs: number;
  /** By how much `attained` grows in a millisecond. */
  rate: number;
  /** Plans of an older version are void. */
  version: number;
}

function beginBurst(state: MachineState, run: Run): void {
  const { workMs, rest, threads } = run.job;
  const burst = Math.min(run.leftMs, rest?.burstMs ?? workMs);
  run.leftMs -= burst;
  run.burstEnd = state.attained + burst / threads;
  state.threads += threads;
}

function endBurst(state: MachineState, run: Run): void {
  const { agenda, runs } = state;
  run.burstEnd = undefined;
  state.threads -= run.job.threads;
  const { rest } = run.job;
  if (rest && run.leftMs > 0) {
    agenda.at(agenda.nowMs() + rest.sleepMs, () => wake(state, run));
    return;
  }
  runs.delete(run);
  run.onEnd('done');
}

function wake(state: MachineState, run: Run): void {
  if (!state.runs.has(run)) return;
  settle(state);
  beginBurst(state, run);
  plan(state);
}

function drop(state: MachineState, run: Run): void {
  if (!state.runs.delete(run)) return;
  if (run.burstEnd !== undefined) state.threads -= run.job.threads;
}

/** Brings the attained service up to now. */
function settle(state: MachineState): void {
  const passedMs = state.agenda.nowMs() - state.attainedAtMs;
  state.attained += state.rate * passedMs;
  state.attainedAtMs += passedMs;
  if (state.thrashing) state.thrash.ms += passedMs;
}

/** Sets the pace, and plans the next end of a burst. */
function plan(state: MachineState): void {
  const { agenda } = state;
  setPace(state);
  state.version += 1;
  const next = firstToEnd(state.runs);
  if (!next) return;
  const planned = state.version;
  const burstEnd = next.burstEnd!;
  const waitMs = Math.max(0, burstEnd - state.attained) / state.rate;
  agenda.at(agenda.nowMs() + waitMs, () => {
    if (planned !== state.version) return;
    settle(state);
    state.attained = burstEnd;
    endBurst(state, next);
    plan(state);
  });
}

function setPace(state: MachineState): void {
  const { spec, threads } = state;
  const short = isMemoryShort(state);
  if (short && !state.thrashing) state.thrash.events += 1;
  state.thrashing = short;
  const share = threads > spec.cpus ? spec.cpus / threads : 1;
  state.rate = spec.speed * share * (short ? THRASHING_SPEED : 1);
}

function firstToEnd(runs: ReadonlySet<Run>): Run | undefined {
  let first: Run | undefined;
  for (const run of runs) {
    if (run.burstEnd === undefined || run.burstEnd === Infinity) continue;
    if (!first || run.burstEnd < first.burstEnd!) first = run;
  }
  return first;
}

function usedBytes({ agenda, runs }: MachineState): number {
  let bytes = 0;
  const nowMs = agenda.nowMs();
  for (const { job, startedMs } of runs) {
    if (job.memoryBytes === 0) continue;
    bytes += job.memoryBytes * Math.min(1, (nowMs - startedMs) / MEMORY_RAMP_MS);
  }
  return bytes;
}

function isMemoryShort(state: MachineState): boolean {
  return usedBytes(state) > state.spec.totalBytes * (1 - BASE_SHARE);
}
