/**
 * The nodes among which a choice is made, from what the table says.
 *
 * Of a large cluster a part is looked at, another one each time: the best of some hundreds drawn at
 * random is nearly as good as the best of all, and the cost of a choice does not grow with the
 * cluster.
 */
import { type Exclusion, capacityOf, type Judge, judgeNode } from './judge.ts';

/** At least so many nodes are looked at, ... */
const LOOK_MIN = 256;
/** ... and more until so many can be chosen. */
const USABLE_MIN = 64;
/** A prime: neighbours in the cluster file are often alike, so the look leaps. */
const LEAP = 7919;
/** Of each reason that excludes nodes, so many are named. */
const NAMED_MAX = 8;

export interface Scan {
  /** Nodes that can be chosen, cold ones only unless all are hot, with their costs and capacities. */
  readonly slots: number[];
  readonly costs: number[];
  readonly capacities: number[];
  readonly meanAgeMs: number;
  readonly looked: number;
  readonly excluded: Map<Exclusion, { count: number; readonly slots: number[] }>;
}

/** With `isWhole` every node is looked at. */
export function scanNodes(judge: Judge, random: () => number, isWhole: boolean): Scan {
  const cold = createPart();
  const hot = createPart();
  const excluded: Scan['excluded'] = new Map();
  let looked = 0;
  for (const slot of slotsToLookAt(judge, random)) {
    const isEnough = looked >= LOOK_MIN && cold.slots.length >= USABLE_MIN;
    if (isEnough && !isWhole) break;
    looked += 1;
    judgeNode(judge, slot);
    if (judge.exclusion !== undefined) noteExcluded(excluded, judge.exclusion, slot);
    else addNode(judge.heat === undefined ? cold : hot, judge, slot);
  }
  const { ageMs, ...part } = cold.slots.length > 0 ? cold : hot;
  return { ...part, meanAgeMs: ageMs / Math.max(1, part.slots.length), looked, excluded };
}

function* slotsToLookAt({ state, wishes }: Judge, random: () => number): Generator<number> {
  const { nodes, slotOfName } = state.roster;
  const named = wishes.order.length > 0 ? wishes.order : wishes.only;
  if (named.length > 0) {
    for (const name of new Set(named)) {
      const slot = slotOfName.get(name);
      if (slot !== undefined) yield slot;
    }
    return;
  }
  const leap = nodes.length % LEAP === 0 ? 1 : LEAP;
  let slot = Math.floor(random() * nodes.length);
  for (let count = 0; count < nodes.length; count += 1) {
    yield slot;
    slot = (slot + leap) % nodes.length;
  }
}

function createPart(): { slots: number[]; costs: number[]; capacities: number[]; ageMs: number } {
  return { slots: [], costs: [], capacities: [], ageMs: 0 };
}

function addNode(part: ReturnType<typeof createPart>, judge: Judge, slot: number): void {
  part.slots.push(slot);
  part.costs.push(judge.cost);
  part.capacities.push(capacityOf(judge));
  part.ageMs += judge.candidate.ageMs;
}

function noteExcluded(excluded: Scan['excluded'], reason: Exclusion, slot: number): void {
  const known = excluded.get(reason);
  if (!known) excluded.set(reason, { count: 1, slots: [slot] });
  else {
    known.count += 1;
    if (known.slots.length < NAMED_MAX) known.slots.push(slot);
  }
}
