/** What a choice does on its way: it asks under a number, reserves, and takes back. */
import { takeBack } from './answer.ts';
import { extendBackoff } from './backoff.ts';
import { type Context, TICK_MS } from './daemon-state.ts';
import type { Decision, Part, Question } from './decision-state.ts';
import { reserve } from './ledger.ts';
import { VIRTUAL_LOAD_MS } from './policy.ts';
import { sendPacket } from './send.ts';
import type { NodeRecord } from './wire/record.ts';

/** Finds the decision by the number that comes back with the reply. */
function register({ state, random }: Context, decision: Decision, part: Part | undefined): number {
  const nonce = Math.floor(random() * 2 ** 32);
  decision.nonces.set(nonce, part);
  state.decisions.set(nonce, decision);
  return nonce;
}

export function forget({ state }: Context, decision: Decision): void {
  for (const nonce of decision.nonces.keys()) state.decisions.delete(nonce);
  decision.nonces.clear();
}

/** To be asked later, if at all. */
export function putOff({ waiting, later }: Decision, slots: readonly number[]): void {
  for (const slot of slots) {
    waiting.delete(slot);
    later.add(slot);
  }
}

export function probe(context: Context, decision: Decision, slots: readonly number[]): void {
  const nonce = register(context, decision, undefined);
  for (const slot of slots) {
    sendPacket(context, context.state.roster.nodes[slot]!.id, { type: 'probe', nonce });
  }
}

/** Reserves: here at once, elsewhere by a packet that is to be confirmed. */
export function place(
  context: Context,
  decision: Decision,
  slot: number,
  count: number,
  expectedLoad: number,
): Part {
  const { state, nowMs } = context;
  const { kind, wishes } = decision.question;
  const { cpus, memoryBytes } = wishes;
  const node = state.roster.nodes[slot]!.id;
  const job = state.lastJob + 1;
  const part: Part = { slot, job, count, expectedLoad, outcome: 'confirmed' };
  state.lastJob += count;
  decision.left -= count;
  decision.parts.push(part);
  const promised = { node, cpus: cpus * count, memoryBytes: memoryBytes * count };
  if (!state.policy.asks) {
    state.promised.set(job, { ...promised, untilMs: nowMs + VIRTUAL_LOAD_MS });
  } else if (slot === state.selfSlot) {
    for (let index = 0; index < count; index += 1) {
      reserve(state.ledger, { origin: node, job: job + index, kind, cpus, memoryBytes }, nowMs);
    }
  } else {
    part.outcome = 'asked';
    state.promised.set(job, { ...promised, untilMs: nowMs + TICK_MS });
    const nonce = register(context, decision, part);
    sendPacket(context, node, { type: 'reserve', nonce, job, count, kind, cpus, memoryBytes });
  }
  return part;
}

/** The node has the reservation, and `record` shows it. */
export function confirm(
  { state }: Context,
  { question }: Decision,
  part: Part,
  record: NodeRecord,
): void {
  state.promised.delete(part.job);
  const overtakenBy = record.load - part.expectedLoad - part.count * question.wishes.cpus;
  part.outcome = overtakenBy <= 1 ? 'confirmed' : 'overtaken';
}

/** Its jobs are to go elsewhere. */
export function giveUp(context: Context, decision: Decision, part: Part): void {
  takeBack(context, part);
  part.outcome = 'given up';
  decision.left += part.count;
}

/**
 * Calls off all choices, which know their nodes by slots: to be called before the slots change.
 * Returns the questions that have no answer yet, for a choice among the nodes there are then.
 */
export function callOff(context: Context): Question[] {
  const decisions = new Set(context.state.decisions.values());
  const open = [...decisions].filter(({ isAnswered }) => !isAnswered);
  for (const decision of decisions) forget(context, decision);
  for (const decision of open) {
    for (const part of decision.parts) {
      if (part.outcome !== 'given up') giveUp(context, decision, part);
    }
  }
  return open.map(({ question }) => question);
}

export function countMissed({ state, nowMs }: Context, decision: Decision, slot: number): void {
  state.counters.probesMissed += 1;
  state.silences.set(slot, extendBackoff(state.silences.get(slot), nowMs));
  decision.quiet.add(slot);
  decision.answered.delete(slot);
}
