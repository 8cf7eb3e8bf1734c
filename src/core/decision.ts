/**
 * One choice of a node: estimate from the table, decide on fresh answers, reserve where the job
 * will run.
 *
 *     begin -> asking   PROBE to the shortlist; all answered, or 20 ms are over
 *           -> reserving RESERVE at the best; its reply says whether somebody was faster
 *           -> answered
 *
 * A choice of this node, or under a policy that does not ask, is answered at once.
 */
import { answer, explainRefusal, rankAll, refuse, takeBack, unknownName } from './answer.ts';
import { coldOf, firstInOrder, pickLeast, shareOf } from './choice.ts';
import { type Context, type Decision, type Question, TICK_MS } from './daemon-state.ts';
import { type JudgedNode, judgeNodes } from './judge.ts';
import { reserve } from './ledger.ts';
import { VIRTUAL_LOAD_MS } from './policy.ts';
import { sendPacket } from './send.ts';
import { drawShortlist, drawWeighted, waterFill } from './shortlist.ts';
import type { NodeRecord } from './wire/packet.ts';

/** How long a node may take to answer: well above any LAN, below what a user notices. */
export const ANSWER_MS = 20;
/**
 * Jobs expected to be placed by others between a measurement and its use, at least: it keeps the
 * water level above the single lowest node while the cluster's rate is not measured.
 */
const ARRIVALS_EXPECTED = 5;

export function beginDecision(context: Context, question: Question): void {
  const { state } = context;
  const unknown = unknownName(state.cluster, question.wishes.only);
  if (unknown !== undefined) {
    refuse(context, question, `-H ${unknown}: no node of the cluster has that name`);
    return;
  }
  const usable = usableNodes(context, question);
  const decision: Decision = {
    question,
    phase: 'asking',
    deadlineMs: Infinity,
    waiting: new Set(),
    // Its own figures are fresh at no cost, so this node is always among those compared.
    answered: new Set([state.cluster.self.id]),
    job: 0,
    node: 0,
    expectedLoad: 0,
    repeated: false,
    ranking: [],
  };
  if (question.wishes.order.length > 0) {
    commit(context, decision, firstInOrder(usable, question.wishes.order));
  } else if (!state.policy.asks) commit(context, decision, pickLeast(usable, context.random));
  else ask(context, decision, usable);
}

/** A REPLY to a probe or a reservation. The record is in the table already. */
export function takeReply(context: Context, nonce: number, record: NodeRecord): void {
  const decision = context.state.decisions.get(nonce);
  if (!decision) return;
  if (decision.phase === 'reserving') {
    if (record.id === decision.node) confirm(context, nonce, decision, record);
    return;
  }
  if (!decision.waiting.delete(record.id)) return;
  decision.answered.add(record.id);
  if (decision.waiting.size > 0) return;
  context.state.decisions.delete(nonce);
  choose(context, decision);
}

/** Goes on with the decisions whose answers are overdue. */
export function expireDecisions(context: Context): void {
  for (const [nonce, decision] of context.state.decisions) {
    if (decision.deadlineMs > context.nowMs) continue;
    context.state.decisions.delete(nonce);
    if (decision.phase === 'asking') {
      for (const id of decision.waiting) countMissed(context, id);
      choose(context, decision);
    } else {
      expireReservation(context, decision);
    }
  }
}

export function nextDecisionDeadline(decisions: ReadonlyMap<number, Decision>): number {
  let deadlineMs = Infinity;
  for (const decision of decisions.values()) deadlineMs = Math.min(deadlineMs, decision.deadlineMs);
  return deadlineMs;
}

function ask(context: Context, decision: Decision, usable: readonly JudgedNode[]): void {
  const cold = coldOf(usable);
  decision.waiting.clear();
  for (const index of drawShortlist(cold.map(shareOf), ARRIVALS_EXPECTED, context.random)) {
    const { id } = cold[index]!.node;
    if (id !== context.state.cluster.self.id) decision.waiting.add(id);
  }
  if (decision.waiting.size === 0) {
    choose(context, decision);
    return;
  }
  const nonce = register(context, decision, 'asking');
  for (const id of decision.waiting) sendPacket(context, id, { type: 'probe', nonce });
}

function choose(context: Context, decision: Decision): void {
  const usable = usableNodes(context, decision.question);
  const fresh = usable.filter(({ node }) => decision.answered.has(node.id));
  if (fresh.length > 0) {
    commit(context, decision, pickLeast(fresh, context.random));
    return;
  }
  // Nobody answered: a draw from what the table says, those who kept silent last.
  const quiet = new Set([...decision.waiting, decision.node]);
  const others = usable.filter(({ node }) => !quiet.has(node.id));
  const among = others.length > 0 ? others : usable;
  const parts = waterFill(among.map(shareOf), ARRIVALS_EXPECTED);
  commit(context, decision, among[drawWeighted(parts, context.random)]);
}

/** Takes the node, and asks it to reserve where that is another one. */
function commit(context: Context, decision: Decision, chosen: JudgedNode | undefined): void {
  const { state, nowMs } = context;
  const { question } = decision;
  if (!chosen) {
    refuse(context, question, explainRefusal(context, question));
    return;
  }
  if (question.explain) decision.ranking = rankAll(context, question);
  state.lastJob += 1;
  decision.job = state.lastJob;
  decision.node = chosen.node.id;
  decision.expectedLoad = chosen.view.load;
  const { cpus, memoryBytes } = question.wishes;
  const reservation = { job: decision.job, kind: question.kind, cpus, memoryBytes };
  if (!state.policy.asks) {
    promise(context, decision, VIRTUAL_LOAD_MS);
    answer(context, decision);
  } else if (decision.node === state.cluster.self.id) {
    reserve(state.ledger, { origin: decision.node, ...reservation }, nowMs);
    answer(context, decision);
  } else {
    promise(context, decision, TICK_MS);
    const nonce = register(context, decision, 'reserving');
    sendPacket(context, decision.node, { type: 'reserve', nonce, ...reservation });
  }
}

/** The node has the reservation. If others were faster, the choice is made once more. */
function confirm(context: Context, nonce: number, decision: Decision, record: NodeRecord): void {
  const { question } = decision;
  context.state.decisions.delete(nonce);
  context.state.promised.delete(decision.job);
  const overtakenBy = record.load - decision.expectedLoad - question.wishes.cpus;
  if (overtakenBy <= 1 || decision.repeated || question.wishes.order.length > 0) {
    answer(context, decision);
    return;
  }
  takeBack(context, decision);
  decision.repeated = true;
  ask(context, decision, usableNodes(context, question));
}

function expireReservation(context: Context, decision: Decision): void {
  countMissed(context, decision.node);
  if (decision.repeated || decision.question.wishes.order.length > 0) {
    // Whether the node can be reached, the remote shell will tell; the user's own order stands.
    answer(context, decision);
    return;
  }
  takeBack(context, decision);
  decision.answered.delete(decision.node);
  decision.repeated = true;
  choose(context, decision);
}

function promise(context: Context, { job, node, question }: Decision, lastsMs: number): void {
  const untilMs = context.nowMs + lastsMs;
  context.state.promised.set(job, { node, cpus: question.wishes.cpus, untilMs });
}

function register(context: Context, decision: Decision, phase: Decision['phase']): number {
  const nonce = Math.floor(context.random() * 2 ** 32);
  decision.phase = phase;
  decision.deadlineMs = context.nowMs + ANSWER_MS;
  context.state.decisions.set(nonce, decision);
  return nonce;
}

function countMissed({ state }: Context, id: number): void {
  state.counters.probesMissed += 1;
  const entry = state.table.get(id);
  if (entry) entry.missedProbes += 1;
}

function usableNodes({ state, nowMs }: Context, question: Question): JudgedNode[] {
  const judged = judgeNodes(state, question.client, question.wishes, nowMs);
  return judged.filter((node) => node.candidate);
}
