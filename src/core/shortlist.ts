/**
 * Which nodes to ask before a choice. Asking the few apparent best makes all daemons ask the same
 * few; asking at random misses the large idle ones. So two are drawn by water-filling over what the
 * table says and two in proportion to capacity (docs/decisions/0002-fresh-answers.md).
 */

export const SHORTLIST_MAX = 4;
const WATER_FILLED = 2;

export interface Share {
  /** Estimated cost of the node; the level is poured over these. */
  readonly cost: number;
  /** CPUs times speed, over the weight: how fast a job raises the cost. */
  readonly capacity: number;
}

/** Positions in `shares` of the nodes to ask: all of them up to four, else 2 + 2 drawn. */
export function drawShortlist(
  shares: readonly Share[],
  arrivals: number,
  random: () => number,
): number[] {
  if (shares.length <= SHORTLIST_MAX) return shares.map((_, index) => index);
  const chosen = new Set<number>();
  drawInto(chosen, waterFill(shares, arrivals), WATER_FILLED, random);
  const capacities = shares.map((share) => share.capacity);
  drawInto(chosen, capacities, SHORTLIST_MAX - chosen.size, random);
  return [...chosen];
}

/**
 * How `arrivals` jobs would be poured over the nodes so that all end at one level w:
 * `sum capacity * max(0, w - cost) = arrivals`. Returns each node's part; their sum is `arrivals`.
 * (Dahlin's Basic LI, TPDS 2000, normalised by capacity.)
 */
export function waterFill(shares: readonly Share[], arrivals: number): number[] {
  const order = [...shares].sort((a, b) => a.cost - b.cost);
  let capacity = 0;
  let poured = 0;
  let level = 0;
  for (const [index, share] of order.entries()) {
    capacity += share.capacity;
    poured += share.capacity * share.cost;
    level = (arrivals + poured) / capacity;
    const next = order[index + 1];
    if (!next || next.cost >= level) break;
  }
  return shares.map((share) => share.capacity * Math.max(0, level - share.cost));
}

/** Position of a weighted draw; -1 where no weight is above zero. */
export function drawWeighted(weights: readonly number[], random: () => number): number {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  let last = -1;
  for (const [index, weight] of weights.entries()) {
    if (weight <= 0) continue;
    last = index;
    left -= weight;
    if (left < 0) break;
  }
  return last;
}

function drawInto(
  chosen: Set<number>,
  weights: readonly number[],
  count: number,
  random: () => number,
): void {
  for (let drawn = 0; drawn < count; drawn += 1) {
    const left = weights.map((weight, index) => (chosen.has(index) ? 0 : weight));
    const index = drawWeighted(left, random);
    if (index < 0) return;
    chosen.add(index);
  }
}
