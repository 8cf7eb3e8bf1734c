/**
 * Which nodes to ask before a choice. Asking the few apparent best makes all daemons ask the same
 * few; asking at random misses the large idle ones. So half are drawn by water-filling over what the
 * table says and half in proportion to capacity (docs/decisions/0002-fresh-answers.md).
 *
 * `costs` are the estimated costs of the nodes, over which the level is poured; `capacities`, CPUs
 * times speed over the weight, say how slowly a job raises them.
 */

/** So many are asked for one job, ... */
export const SHORTLIST_MIN = 4;
/** ... two for each of several jobs, and never more than this. */
const SHORTLIST_MAX = 128;

/** Positions of the nodes to ask for `jobs` jobs: all of them if they are few, else half + half. */
export function drawShortlist(
  costs: readonly number[],
  capacities: readonly number[],
  jobs: number,
  arrivals: number,
  random: () => number,
): number[] {
  const wanted = Math.min(SHORTLIST_MAX, Math.max(SHORTLIST_MIN, 2 * jobs));
  if (costs.length <= wanted) return costs.map((_, index) => index);
  const chosen = new Set<number>();
  drawInto(chosen, waterFill(costs, capacities, arrivals), wanted / 2, random);
  drawInto(chosen, [...capacities], wanted - chosen.size, random);
  return [...chosen];
}

/**
 * How `arrivals` jobs would be poured over the nodes so that all end at one level w:
 * `sum capacity * max(0, w - cost) = arrivals`. Returns each node's part; their sum is `arrivals`.
 * (Dahlin's Basic LI, TPDS 2000, normalised by capacity.)
 */
export function waterFill(
  costs: readonly number[],
  capacities: readonly number[],
  arrivals: number,
): number[] {
  const level = findLevel(costs, capacities, arrivals);
  return costs.map((cost, index) => capacities[index]! * Math.max(0, level - cost));
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

/**
 * Taken over all nodes the level comes out too high, since those above it count as negative; it
 * sinks each time that these are left out, until none is above it. That takes a few passes, and
 * sorting the nodes took most of the time of a choice.
 */
function findLevel(
  costs: readonly number[],
  capacities: readonly number[],
  arrivals: number,
): number {
  let level = Infinity;
  for (;;) {
    let capacity = 0;
    let poured = arrivals;
    let highest = -Infinity;
    for (let index = 0; index < costs.length; index += 1) {
      const cost = costs[index]!;
      if (cost >= level) continue;
      capacity += capacities[index]!;
      poured += capacities[index]! * cost;
      highest = Math.max(highest, cost);
    }
    const next = poured / capacity;
    // Not lower than before: what is left is rounding.
    if (highest <= next || !(next < level)) return next;
    level = next;
  }
}

/** The weights of those drawn become zero. */
function drawInto(
  chosen: Set<number>,
  weights: number[],
  count: number,
  random: () => number,
): void {
  for (const index of chosen) weights[index] = 0;
  for (let drawn = 0; drawn < count; drawn += 1) {
    const index = drawWeighted(weights, random);
    if (index < 0) return;
    chosen.add(index);
    weights[index] = 0;
  }
}
