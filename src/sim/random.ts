/** Random numbers: a generator for each purpose, so that one part's draws leave the others' alone. */
import { nodeId } from '../core/cluster.ts';

/** Uniform in [0, 1). */
export type Random = () => number;

/** sfc32 of Doty-Humphrey's PractRand: 128 bits of state, and a period of at least 2^32. */
export function createRandom(seed: number, name: string): Random {
  let a = seed | 0;
  let b = nodeId(name) | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let count = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The state is as poor as the seed until it has been mixed.
  for (let round = 0; round < 15; round += 1) next();
  return next;
}

export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random());
}

/** Nine in ten are short, one in ten nine times as long, so that each kind is half of the work. */
export function hyperexponential(random: Random, mean: number): number {
  return exponential(random, random() < 0.9 ? mean / 1.8 : mean * 5);
}

/** Bounded Pareto of shape 1.5 whose longest is a thousand times its shortest. */
export function boundedPareto(random: Random, mean: number): number {
  const shape = 1.5;
  const ratio = 1000;
  const tail = ratio ** -shape;
  const meanOfUnit = ((shape / (shape - 1)) * (1 - ratio ** (1 - shape))) / (1 - tail);
  return (mean / meanOfUnit) * (1 - random() * (1 - tail)) ** (-1 / shape);
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}
