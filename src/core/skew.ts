/**
 * How far the clocks of other nodes are from this one's, which is told where it misleads make.
 *
 * A packet says what its sender's clock was when it left, and waits in queues before it is read. So
 * each figure is too small by some delay and never too large: the greatest of several is the best.
 * Clocks drift and are set, so it is the greatest of the last 8 to 16.
 */
import { NO_SKEW, type Table } from './table.ts';

/** make takes the older of two files for up to date, and compilers are quicker than this. */
export const SKEW_MS_MAX = 100;
/** A node may be slow to read for some ticks, at its start above all. */
export const SKEW_SAMPLES = 8;

/** @param apartMs the other clock, as a packet has told it, less the own now. */
export function noteSkew(table: Table, slot: number, apartMs: number): void {
  const { skewMs, nextSkewMs, skewSamples } = table;
  skewMs[slot] = Math.max(skewMs[slot]!, apartMs);
  skewSamples[slot]! += 1;
  if (skewSamples[slot]! <= SKEW_SAMPLES) return;
  nextSkewMs[slot] = Math.max(nextSkewMs[slot]!, apartMs);
  if (skewSamples[slot]! < 2 * SKEW_SAMPLES) return;
  skewMs[slot] = nextSkewMs[slot]!;
  nextSkewMs[slot] = NO_SKEW;
  skewSamples[slot] = SKEW_SAMPLES;
}

/** The other clock less the own; undefined where it was never heard itself. */
export function skewOf({ skewMs }: Table, slot: number): number | undefined {
  return skewMs[slot] === NO_SKEW ? undefined : skewMs[slot];
}

/** The same where it is certain, and so much that a user should know. */
export function misleadingSkewOf({ skewMs, skewSamples }: Table, slot: number): number | undefined {
  const isMisleading = Math.abs(skewMs[slot]!) > SKEW_MS_MAX;
  return isMisleading && skewSamples[slot]! >= SKEW_SAMPLES ? skewMs[slot] : undefined;
}
