/** How a choice ends: with a node, or with the reason why there is none. */
import type { Cluster } from './cluster.ts';
import type { Context, Decision, Question } from './daemon-state.ts';
import { judgeNodes, rankViews } from './judge.ts';
import { markEnded } from './ledger.ts';
import { sendPacket } from './send.ts';
import type { NodeView } from './wire/control.ts';

/** How many nodes a refusal names. */
const REASONS_MAX = 8;

export function answer(context: Context, decision: Decision): void {
  const { state } = context;
  const { client, id, wishes, kind } = decision.question;
  const judged = judgeNodes(state, client, wishes, context.nowMs);
  const chosen = judged.find(({ node }) => node.id === decision.node);
  const owner = state.clients.get(client);
  if (!chosen || !owner) {
    // The client closed, or the node left the cluster, while the question was out.
    takeBack(context, decision);
    return;
  }
  state.counters.placements += 1;
  if (kind === 'hold') {
    context.effects.push({ type: 'reply', client, reply: { op: 'best', id, node: chosen.view } });
    return;
  }
  const { job, node } = decision;
  owner.jobs.add(job);
  state.jobs.set(job, { client, node, cpus: wishes.cpus, reserved: state.policy.asks });
  const reply = {
    op: 'placed',
    id,
    job,
    node: chosen.node.name,
    destination: chosen.node.destination,
    here: node === state.cluster.self.id,
    ranking: decision.ranking,
  } as const;
  context.effects.push({ type: 'reply', client, reply });
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
export function unknownName(
  { self, peers }: Cluster,
  names: readonly string[],
): string | undefined {
  if (names.length === 0) return undefined;
  const known = new Set([self, ...peers].map(({ name }) => name));
  return names.find((name) => !known.has(name));
}

/** Undoes a reservation of a decision that goes on elsewhere. */
export function takeBack(context: Context, { job, node }: Decision): void {
  const { state, nowMs } = context;
  state.promised.delete(job);
  if (node === state.cluster.self.id) markEnded(state.ledger, node, job, nowMs);
  else sendPacket(context, node, { type: 'ended', job });
}

export function rankAll({ state, nowMs }: Context, { client, wishes }: Question): NodeView[] {
  return rankViews(judgeNodes(state, client, wishes, nowMs));
}
