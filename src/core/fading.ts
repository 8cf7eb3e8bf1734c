/**
 * A sum of terms that all fade by e^(-t/tau), kept as one number: an impulse that comes in later is
 * added to what is left of the others.
 */
export interface Fading {
  readonly tauMs: number;
  /** The sum at `atMs`. */
  sum: number;
  atMs: number;
}

export function createFading(tauMs: number): Fading {
  return { tauMs, sum: 0, atMs: 0 };
}

/** Moves the sum to `toMs`; earlier times are left alone. */
export function advance(fading: Fading, toMs: number): void {
  if (toMs <= fading.atMs) return;
  fading.sum *= Math.exp(-(toMs - fading.atMs) / fading.tauMs);
  // What is left of an hour-old job is no load, and numbers that small are slow to reckon with.
  if (Math.abs(fading.sum) < 1e-9) fading.sum = 0;
  fading.atMs = toMs;
}

/** Adds an impulse of `atMs`, which must not be later than the sum's own time. */
export function addImpulse(fading: Fading, amount: number, atMs: number): void {
  fading.sum += amount * Math.exp(-(fading.atMs - atMs) / fading.tauMs);
}
