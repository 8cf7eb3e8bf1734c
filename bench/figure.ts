/** Figures from samples. */

export interface Figure {
  readonly value: number;
  readonly samples: number;
  /** The quartiles around a median; null where the value is none. */
  readonly spread: readonly [low: number, high: number] | null;
}

export function median(samples: readonly number[]): Figure {
  const spread = [percentileOf(samples, 25), percentileOf(samples, 75)] as const;
  return { value: percentileOf(samples, 50), samples: samples.length, spread };
}

export function percentile(samples: readonly number[], percent: number): Figure {
  return { value: percentileOf(samples, percent), samples: samples.length, spread: null };
}

/** A figure that was read once, as a size is. */
export function single(value: number): Figure {
  return { value, samples: 1, spread: null };
}

/** The same figure in another unit, or per something. */
export function scale(figure: Figure, convert: (value: number) => number): Figure {
  const { value, samples, spread } = figure;
  if (spread === null) return { value: convert(value), samples, spread };
  // A conversion to a rate turns low into high.
  const [low, high] = [convert(spread[0]), convert(spread[1])].sort((a, b) => a - b);
  return { value: convert(value), samples, spread: [low!, high!] };
}

/** The nearest-rank percentile, which is one of the samples; the median of an even count is a mean. */
function percentileOf(samples: readonly number[], percent: number): number {
  if (samples.length === 0) throw new Error('there is no sample to take a figure from');
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = (percent / 100) * sorted.length;
  const at = (index: number): number => sorted[Math.min(Math.max(index, 0), sorted.length - 1)]!;
  if (percent === 50 && Number.isInteger(rank)) return (at(rank - 1) + at(rank)) / 2;
  return at(Math.ceil(rank) - 1);
}
