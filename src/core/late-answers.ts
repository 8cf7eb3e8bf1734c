/**
 * Nodes whose answers come late. A container that has used up its CPU quota stands still until the
 * period is over, its daemon with it: to leave such a node out of a choice would leave whoever asks with
 * himself, however busy. A dead node is told from it by its late answers, which never come.
 */
import type { Context } from './daemon-state.ts';
import type { Decision } from './decision-state.ts';
import { createJudge, hasRoom } from './judge.ts';

/** How much longer a late node is waited for: the period of the kernel's bandwidth control. */
export const PATIENCE_MS = 100;
/** For so long a node counts as late that was late once. */
const LATE_MS = 10_000;

/** An answer came for which nobody waits any more. */
export function noteLateAnswer({ state, nowMs }: Context, slot: number): void {
  state.lateAnswers.set(slot, nowMs);
}

/** Whether a late node is among those asked, and all that have answered would let the job wait for a CPU. */
export function isWorthWaiting({ state, nowMs }: Context, decision: Decision): boolean {
  const { question, answered, waiting, parts, isForced } = decision;
  if (isForced || question.kind === 'hold' || state.lateAnswers.size === 0) return false;
  const isAsked = (slot: number): boolean =>
    waiting.has(slot) || parts.some((part) => part.slot === slot && part.outcome === 'asked');
  const isLateOne = ([slot, atMs]: [number, number]): boolean =>
    atMs > nowMs - LATE_MS && isAsked(slot);
  const judge = createJudge(state, question.client, question.wishes, nowMs);
  return (
    [...state.lateAnswers].some(isLateOne) &&
    [...answered.keys()].every((slot) => isAsked(slot) || !hasRoom(judge, slot))
  );
}
