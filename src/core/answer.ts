/** How a choice ends: with nodes, or with the reason why there is none. */
import type { Roster } from './cluster.ts';
import type { Context } from './daemon-state.ts';
import type { Decision, Part, Question } from './decision-state.ts';
import { report } from './decision-log.ts';
import { registerJob } from './job-register.ts';
import { createJudge } from './judge.ts';
import { markEnded } from './ledger.ts';
import { rankNodes, viewNode } from './node-view.ts';
import { sendPacket } from './send.ts';
import type { ControlReply, NodeView, Placement } from './wire/control.ts';

/** How many nodes a refusal names. */
const REASONS_MAX = 8;

export function answer(context: Context, decision: Decision): void {
  const { state, effects } = context;
  const { client, count, kind } = decision.question;
  const taken = decision.parts.filter(({ outcome }) => outcome !== 'given up');
  if (!state.clients.has(client)) {
    // The client closed while the question was out.
    for (const part of taken) takeBack(context, part);
    return;
  }
  state.counters.placements += count - decision.left;
  report(context, decision);
  const reply =
    kind === 'hold' ? nameNodes(context, decision, taken) : placeJobs(context, decision, taken);
  effects.push({ type: 'reply', client, reply });
}

export function refuse(context: Context, question: Question, reason: string): void {
  const { client, id } = question;
  context.state.counters.refusals += 1;
  const ranking = question.explain ? rankAll(context, question) : [];
  context.effects.push({ type: 'reply', client, reply: { op: 'refused', id, reason, ranking } });
}

export function explainRefusal(context: Context, question: Question): string {
  const all = rankAll(context, question);
  const reasons = all.map(({ name, note }) => `${name} ${note}`).slice(0, REASONS_MAX);
  const more = all.length > REASONS_MAX ? ', ...' : '';
  return `no node can take it: ${reasons.join(', ')}${more}`;
}

/** A name that the user wrote and that is none, which is a slip of the pen. */
export function unknownName({ slotOfName }: Roster, names: readonly string[]): string | undefined {
  return names.find((name) => !slotOfName.has(name));
}

/** Undoes a reservation of a decision that goes on elsewhere. */
export function takeBack(context: Context, { job, count, slot }: Part): void {
  const { state, nowMs } = context;
  const node = state.roster.nodes[slot]!.id;
  state.promised.delete(job);
  for (let index = 0; index < count; index += 1) {
    if (slot === state.selfSlot) markEnded(state.ledger, node, job + index, nowMs);
    else sendPacket(context, node, { type: 'ended', job: job + index });
  }
}

export function rankAll({ state, nowMs }: Context, { client, wishes }: Question): NodeView[] {
  return rankNodes(state, client, wishes, nowMs);
}

function nameNodes(
  { state, nowMs }: Context,
  { question }: Decision,
  parts: readonly Part[],
): ControlReply {
  const { client, id, wishes, isBatch } = question;
  const judge = createJudge(state, client, wishes, nowMs);
  const nodes = parts.flatMap(({ slot, count }) => {
    const view = viewNode(judge, slot);
    return Array.from({ length: count }, () => view);
  });
  return isBatch ? { op: 'bests', id, nodes } : { op: 'best', id, node: nodes[0]! };
}

function placeJobs(
  { state, nowMs: placedMs }: Context,
  { question, ranking }: Decision,
  parts: readonly Part[],
): ControlReply {
  const { client, id, wishes, isBatch, label } = question;
  const { cpus } = wishes;
  const owner = state.clients.get(client)!;
  const placed: Placement[] = [];
  for (const { slot, job: first, count } of parts) {
    const { id: node, name, destination } = state.roster.nodes[slot]!;
    for (let job = first; job < first + count; job += 1) {
      owner.jobs.add(job);
      state.jobs.set(job, { client, node, cpus, reserved: state.policy.asks });
      registerJob(state.register, { job, node: name, cpus, placedMs }, label);
      placed.push({ job, node: name, destination, here: slot === state.selfSlot });
    }
  }
  if (isBatch) return { op: 'batch', id, placed, ranking };
  return { op: 'placed', id, ...placed[0]!, ranking };
}
