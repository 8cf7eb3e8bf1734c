/** The node from which the best answer is expected: it is asked first, by the packet that reserves. */
import type { Context } from './daemon-state.ts';
import type { Decision, Part } from './decision-state.ts';
import { fillLeast } from './fill.ts';
import { addPromise, createJudge, hasRoom, type Judge } from './judge.ts';

/**
 * The apparent best, drawn among equals; it stays that where the answers make it one of equals again,
 * so that all of them have the same chance. If it is another node, it is reserved before the others
 * are asked, which saves a round trip where it proves to be the best, and all other questions where
 * it has a CPU to spare: the job cannot fare better. A hold cannot be taken back, several jobs are
 * seldom all for one node, and who wants an explanation is to see the nodes as they were without the
 * job.
 */
export function findFavourite(
  { question, waiting, answered }: Decision,
  judge: Judge,
  random: () => number,
): number | undefined {
  if (question.kind === 'hold' || question.count > 1 || question.explain) return undefined;
  const [best] = fillLeast(judge, [...answered.keys(), ...waiting], 1, random).keys();
  return best;
}

/** Whether the job has CPUs of its own there, by its answer. */
export function isFavouriteGood({ state, nowMs }: Context, { question, held }: Decision): boolean {
  if (!held) return false;
  const judge = createJudge(state, question.client, question.wishes, nowMs);
  discount(judge, held);
  return hasRoom(judge, held.slot);
}

/** Leaves a job out that the node's answer counts already. */
export function discount(judge: Judge, { slot, count }: Part): void {
  const { cpus, memoryBytes } = judge.wishes;
  addPromise(judge, judge.state.roster.nodes[slot]!.id, -cpus * count, -memoryBytes * count);
}
