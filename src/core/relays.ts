/**
 * Which records of others go along with the own one: most of them the freshest, so that what is
 * known of many nodes is young, and the rest in turn, so that nobody is left out for good.
 */
import type { DaemonState } from './daemon-state.ts';
import { ageOf, type Table } from './table.ts';
import { FRESHEST_SHARE, memberMs } from './thresholds.ts';
import { AGE_MS_MAX } from './wire/record.ts';

/** At most `count` slots. */
export function pickRelays(state: DaemonState, count: number, nowMs: number): number[] {
  if (count === 0) return [];
  // What is older than its field can say would arrive younger than it is.
  const limitMs = Math.min(memberMs(state), AGE_MS_MAX);
  const picked = pickFreshest(state.table, Math.ceil(count * FRESHEST_SHARE), limitMs, nowMs);
  return [...picked, ...takeTurns(state, count - picked.length, new Set(picked), limitMs, nowMs)];
}

/**
 * One pass over all ages, keeping the least: an age is rarely among them once the first few hundred
 * were seen, so ten thousand nodes cost about as many comparisons.
 */
function pickFreshest(table: Table, count: number, limitMs: number, nowMs: number): number[] {
  const slots: number[] = [];
  const ages: number[] = [];
  for (let slot = 0; slot < table.known.length; slot += 1) {
    const ageMs = ageOf(table, slot, nowMs);
    if (ageMs > limitMs || (ages.length === count && ageMs >= ages[count - 1]!)) continue;
    let at = Math.min(ages.length, count - 1);
    for (; at > 0 && ages[at - 1]! > ageMs; at -= 1) {
      ages[at] = ages[at - 1]!;
      slots[at] = slots[at - 1]!;
    }
    ages[at] = ageMs;
    slots[at] = slot;
  }
  return slots;
}

function takeTurns(
  state: DaemonState,
  count: number,
  taken: ReadonlySet<number>,
  limitMs: number,
  nowMs: number,
): number[] {
  const { table } = state;
  const slots: number[] = [];
  for (let looked = 0; looked < table.known.length && slots.length < count; looked += 1) {
    state.relayTurn = (state.relayTurn + 1) % table.known.length;
    const slot = state.relayTurn;
    if (!taken.has(slot) && ageOf(table, slot, nowMs) <= limitMs) slots.push(slot);
  }
  return slots;
}
