/** Whom to tell next: a shuffled round of all nodes, so that each is told in turn. */
import { type Context, type DaemonState } from './daemon-state.ts';

/** The round is a shuffled pack: what is drawn goes behind what is `left`. */
export interface Round {
  readonly slots: Uint16Array;
  left: number;
}

export function createRound(count: number): Round {
  return { slots: Uint16Array.from({ length: count }, (_, slot) => slot), left: 0 };
}

/** `count` different peers, or all where there are no more. */
export function drawPeers({ state, random }: Context, count: number): number[] {
  const { round, selfSlot } = state;
  const wanted = Math.min(count, round.slots.length - 1);
  const drawn = new Set<number>();
  while (drawn.size < wanted) {
    if (round.left === 0) round.left = round.slots.length;
    const picked = Math.floor(random() * round.left);
    round.left -= 1;
    const slot = round.slots[picked]!;
    round.slots[picked] = round.slots[round.left]!;
    round.slots[round.left] = slot;
    if (slot !== selfSlot) drawn.add(slot);
  }
  return [...drawn];
}

export function allPeers({ roster, selfSlot }: DaemonState): number[] {
  return roster.nodes.map((_, slot) => slot).filter((slot) => slot !== selfSlot);
}
