/** Choosing among nodes that were judged usable. */
import type { JudgedNode } from './judge.ts';
import type { Share } from './shortlist.ts';

/** The least cost, cold before hot; ties at random, so that equals share the work. */
export function pickLeast(
  usable: readonly JudgedNode[],
  random: () => number,
): JudgedNode | undefined {
  let best: JudgedNode[] = [];
  let bestCost = Infinity;
  for (const node of coldOf(usable)) {
    const cost = node.view.cost ?? Infinity;
    if (cost > bestCost) continue;
    if (cost < bestCost) best = [];
    bestCost = cost;
    best.push(node);
  }
  return best[Math.floor(random() * best.length)];
}

/** The first of `order` that is usable. */
export function firstInOrder(
  usable: readonly JudgedNode[],
  order: readonly string[],
): JudgedNode | undefined {
  const byName = new Map(usable.map((judged) => [judged.node.name, judged]));
  return order.map((name) => byName.get(name)).find((judged) => judged !== undefined);
}

/** Those that are not hot; all of them where no other is. */
export function coldOf(usable: readonly JudgedNode[]): readonly JudgedNode[] {
  const cold = usable.filter((node) => !node.hot);
  return cold.length > 0 ? cold : usable;
}

export function shareOf({ view, candidate }: JudgedNode): Share {
  const capacity = candidate ? (candidate.cpus * candidate.speed) / candidate.loadWeight : 0;
  return { cost: view.cost ?? 0, capacity };
}
