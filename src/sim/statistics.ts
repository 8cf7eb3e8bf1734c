/** Means over seeds, and how far they can be trusted. */

export interface Estimate {
  readonly mean: number;
  /** Student's 95 % interval of the mean; both ends are the mean where there is one value. */
  readonly interval: readonly [number, number];
}

export function estimate(values: readonly number[]): Estimate {
  const mean = meanOf(values);
  const freedom = values.length - 1;
  if (freedom < 1) return { mean, interval: [mean, mean] };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / freedom;
  const half = studentQuantile(freedom) * Math.sqrt(variance / values.length);
  return { mean, interval: [mean - half, mean + half] };
}

/** Of pairs: the same seed on both sides, so that what they have in common cancels out. */
export function estimateRatio(over: readonly number[], under: readonly number[]): Estimate {
  return estimate(over.map((value, index) => value / under[index]!));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of values in ascending order; NaN of none. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Two-sided 95 % quantiles for 1, 2, … degrees of freedom. */
const STUDENT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086,
];

function studentQuantile(freedom: number): number {
  // Cornish and Fisher's first terms are within 0.001 beyond the table.
  return STUDENT[freedom - 1] ?? 1.96 + 2.372 / freedom + 2.82 / freedom ** 2;
}
