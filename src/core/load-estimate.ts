/**
 * The run queue averaged over about a second.
 *
 * The kernel's load average is too slow to place by: one sample shows 8 % of a new job and a minute
 * 63 % (kernel/sched/loadavg.c). An average over tau = 1 s of samples taken every 200 ms shows 63 %
 * after a second, and the ledger covers what is still missing.
 */

export const LOAD_TAU_MS = 1000;
/** The time constant of the kernel's one-minute load average. */
export const LOADAVG_TAU_MS = 60_000;

export interface LoadEstimate {
  /** Average number of runnable processes, at `sampledMs`. */
  readonly runnable: number;
  readonly sampledMs: number;
}

/** Folds a new sample in; the first one is taken as it is. */
export function foldSample(
  estimate: LoadEstimate | undefined,
  runnable: number,
  nowMs: number,
): LoadEstimate {
  if (!estimate) return { runnable, sampledMs: nowMs };
  const share = 1 - Math.exp(-(nowMs - estimate.sampledMs) / LOAD_TAU_MS);
  return {
    runnable: estimate.runnable + share * (runnable - estimate.runnable),
    sampledMs: nowMs,
  };
}
