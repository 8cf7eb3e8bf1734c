/**
 * How many jobs the whole cluster places in a second, from the placement counters in the records:
 * what others will place between a node's measurement and its use is part of a good estimate.
 */

/** An average over about so long. */
const RATE_TAU_MS = 10_000;

export interface ArrivalRate {
  /** Placements since `sinceMs`. */
  count: number;
  sinceMs: number;
  perMs: number;
}

export function createArrivalRate(nowMs: number): ArrivalRate {
  return { count: 0, sinceMs: nowMs, perMs: 0 };
}

/** A counter of 8 bits went from `before` to `after`. */
export function notePlacements(rate: ArrivalRate, before: number, after: number): void {
  rate.count += (after - before) & 0xff;
}

/** To be called each tick. */
export function updateRate(rate: ArrivalRate, nowMs: number): void {
  const passedMs = nowMs - rate.sinceMs;
  if (passedMs <= 0) return;
  const share = 1 - Math.exp(-passedMs / RATE_TAU_MS);
  rate.perMs += share * (rate.count / passedMs - rate.perMs);
  rate.count = 0;
  rate.sinceMs = nowMs;
}
