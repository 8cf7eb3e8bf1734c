/** Picking one of several by figures, ties at random. */
import type { Placement } from '../placer.ts';
import type { Random } from '../random.ts';

export function pickLeastBy<T>(
  items: readonly T[],
  cost: (item: T) => number,
  random: Random,
): T | undefined {
  let least = Infinity;
  let best: T[] = [];
  for (const item of items) {
    const value = cost(item);
    if (value > least) continue;
    if (value < least) best = [];
    least = value;
    best.push(item);
  }
  return best[Math.floor(random() * best.length)];
}

/** Two different ones, each as likely as any. */
export function pickTwo<T>(items: readonly T[], random: Random): T[] {
  if (items.length < 2) return [...items];
  const first = Math.floor(random() * items.length);
  const second = Math.floor(random() * (items.length - 1));
  return [items[first]!, items[second < first ? second : second + 1]!];
}

/** A placement that nobody wants to hear of again. */
export function placeAt(node: number | undefined): Placement | undefined {
  if (node === undefined) return undefined;
  return { node, started() {}, ended() {}, unreachable() {} };
}
