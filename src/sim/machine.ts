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
  const runs = new Set<Run>();
  const thrash = { events: 0, ms: 0 };
  let threads = 0;
  let thrashing = false;
  /** Service that a thread which has been there from the start would have got. */
  let attained = 0;
  let attainedAtMs = agenda.nowMs();
  let rate = 0;
  /** Plans of an older version are void. */
  let version = 0;

  const machine: Machine = {
    spec,
    thrash,
    start(job, onEnd) {
      settle();
      const run: Run = {
        job,
        startedMs: agenda.nowMs(),
        onEnd,
        leftMs: job.workMs,
        burstEnd: undefined,
      };
      runs.add(run);
      beginBurst(run);
      plan();
      return run;
    },
    kill(run) {
      settle();
      drop(run);
      plan();
    },
    killAll() {
      settle();
      const killed = [...runs];
      for (const run of killed) drop(run);
      plan();
      for (const { onEnd } of killed) onEnd('killed');
    },
    runnable: () => threads,
    freeBytes: () => Math.max(0, spec.totalBytes * (1 - BASE_SHARE) - usedBytes()),
    isThrashing: () => thrashing,
    refresh() {
      if (memoryIsShort() === thrashing) return;
      settle();
      plan();
    },
  };

  function beginBurst(run: Run): void {
    const { workMs, rest, threads: count } = run.job;
    const burst = Math.min(run.leftMs, rest?.burstMs ?? workMs);
    run.leftMs -= burst;
    run.burstEnd = attained + burst / count;
    threads += count;
  }

  function endBurst(run: Run): void {
    run.burstEnd = undefined;
    threads -= run.job.threads;
    const { rest } = run.job;
    if (rest && run.leftMs > 0) {
      agenda.at(agenda.nowMs() + rest.sleepMs, () => wake(run));
      return;
    }
    runs.delete(run);
    run.onEnd('done');
  }

  function wake(run: Run): void {
    if (!runs.has(run)) return;
    settle();
    beginBurst(run);
    plan();
  }

  function drop(run: Run): void {
    if (!runs.delete(run)) return;
    if (run.burstEnd !== undefined) threads -= run.job.threads;
  }

  /** Brings the attained service up to now. */
  function settle(): void {
    const passedMs = agenda.nowMs() - attainedAtMs;
    attained += rate * passedMs;
    attainedAtMs += passedMs;
    if (thrashing) thrash.ms += passedMs;
  }

  /** Sets the pace, and plans the next end of a burst. */
  function plan(): void {
    const short = memoryIsShort();
    if (short && !thrashing) thrash.events += 1;
    thrashing = short;
    const share = threads > spec.cpus ? spec.cpus / threads : 1;
    rate = spec.speed * share * (thrashing ? THRASHING_SPEED : 1);
    version += 1;
    let next: Run | undefined;
    for (const run of runs) {
      if (run.burstEnd === undefined || run.burstEnd === Infinity) continue;
      if (!next || run.burstEnd < next.burstEnd!) next = run;
    }
    if (!next) return;
    const planned = version;
    const { burstEnd } = next;
    const dueMs = agenda.nowMs() + Math.max(0, burstEnd! - attained) / rate;
    agenda.at(dueMs, () => {
      if (planned !== version) return;
      settle();
      attained = burstEnd!;
      endBurst(next);
      plan();
    });
  }

  function usedBytes(): number {
    let bytes = 0;
    const nowMs = agenda.nowMs();
    for (const { job, startedMs } of runs) {
      if (job.memoryBytes === 0) continue;
      bytes += job.memoryBytes * Math.min(1, (nowMs - startedMs) / MEMORY_RAMP_MS);
    }
    return bytes;
  }

  function memoryIsShort(): boolean {
    return usedBytes() > spec.totalBytes * (1 - BASE_SHARE);
  }

  return machine;
}
