/**
 * Nodes that a client could not reach by its remote shell. Such a node looks idle, since nothing
 * ever starts there, and would draw every job: a sinkhole.
 *
 * It is kept for each client apart: a user without a key on a node must not close it for others.
 */

const FIRST_PAUSE_MS = 1500;
const PAUSE_MS_MAX = 60_000;

export interface Backoff {
  readonly failures: number;
  readonly untilMs: number;
}

/** The pause doubles with each failure in a row, from one tick to a minute. */
export function extendBackoff(previous: Backoff | undefined, nowMs: number): Backoff {
  const failures = (previous?.failures ?? 0) + 1;
  const pauseMs = Math.min(PAUSE_MS_MAX, FIRST_PAUSE_MS * 2 ** (failures - 1));
  return { failures, untilMs: nowMs + pauseMs };
}
