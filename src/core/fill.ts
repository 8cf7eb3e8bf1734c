/** Which nodes get how many of the jobs that are placed together. */
import { addPromise, type Judge, judgeNode } from './judge.ts';
import type { Scan } from './scan.ts';
import { drawWeighted, waterFill } from './shortlist.ts';

/** Jobs by slot. */
export type Fill = ReadonlyMap<number, number>;

/**
 * Each job goes where the cost is least, counting those before it; cold before hot, ties at random,
 * so that equals share the work, unless one of them is preferred.
 */
export function fillLeast(
  judge: Judge,
  slots: Iterable<number>,
  count: number,
  random: () => number,
  preferred?: number,
): Fill {
  const fill = new Map<number, number>();
  const judged = [...slots].map((slot) => ({ slot, ...weigh(judge, slot) }));
  for (let placed = 0; placed < count; placed += 1) {
    const best = pickLeast(judged, random, preferred);
    if (!best) break;
    fill.set(best.slot, (fill.get(best.slot) ?? 0) + 1);
    if (placed + 1 === count) break;
    const { cpus, memoryBytes } = judge.wishes;
    addPromise(judge, judge.state.roster.nodes[best.slot]!.id, cpus, memoryBytes);
    Object.assign(best, weigh(judge, best.slot));
  }
  return fill;
}

/** All to the first that can take them: the user has given the order. */
export function fillFirst(judge: Judge, slots: readonly number[], count: number): Fill {
  const { order } = judge.wishes;
  const usable = new Map(slots.map((slot) => [judge.state.roster.nodes[slot]!.name, slot]));
  const first = order.map((name) => usable.get(name)).find((slot) => slot !== undefined);
  return new Map(first === undefined ? [] : [[first, count]]);
}

/** By lot, as water would be poured over what the table says. */
export function drawFill(
  { slots, costs, capacities }: Scan,
  quiet: ReadonlySet<number>,
  count: number,
  arrivals: number,
  random: () => number,
): Fill {
  const fill = new Map<number, number>();
  const parts = waterFill(costs, capacities, arrivals);
  const heard = parts.map((part, at) => (quiet.has(slots[at]!) ? 0 : part));
  const weights = heard.some((part) => part > 0) ? heard : parts;
  for (let placed = 0; placed < count; placed += 1) {
    const at = drawWeighted(weights, random);
    if (at < 0) break;
    fill.set(slots[at]!, (fill.get(slots[at]!) ?? 0) + 1);
  }
  return fill;
}

interface Weighed {
  slot: number;
  cost: number;
  isHot: boolean;
}

/** Infinity: not to be chosen. */
function weigh(judge: Judge, slot: number): Omit<Weighed, 'slot'> {
  judgeNode(judge, slot);
  return { cost: judge.cost, isHot: judge.heat !== undefined };
}

function pickLeast(
  judged: readonly Weighed[],
  random: () => number,
  preferred: number | undefined,
): Weighed | undefined {
  let best: Weighed[] = [];
  for (const node of judged) {
    if (node.cost === Infinity) continue;
    const order = best[0]
      ? Number(node.isHot) - Number(best[0].isHot) || node.cost - best[0].cost
      : -1;
    if (order < 0) best = [node];
    else if (order === 0) best.push(node);
  }
  const kept = best.find(({ slot }) => slot === preferred);
  return kept ?? best[Math.floor(random() * best.length)];
}
