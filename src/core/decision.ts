/**
 * One choice of a node, or of nodes for several jobs alike: estimate from the table, decide on fresh
 * answers, reserve where the jobs will run.
 *
 *     begin -> asking   PROBE to the shortlist; all answered, or 20 ms are over
 *           -> reserving RESERVE at the best; the replies say whether somebody was faster
 *           -> answered
 *
 * A choice of this node, or under a policy that does not ask, is answered at once.
 */
import { answer, explainRefusal, rankAll, refuse, takeBack, unknownName } from './answer.ts';
import { extendBackoff } from './backoff.ts';
import { type Context, TICK_MS } from './daemon-state.ts';
import type { Decision, Part, Question } from './decision-state.ts';
import { describeShortlist } from './decision-log.ts';
import { drawFill, type Fill, fillFirst, fillLeast } from './fill.ts';
import { createJudge, type Judge, judgeNode } from './judge.ts';
import { reserve } from './ledger.ts';
import { VIRTUAL_LOAD_MS } from './policy.ts';
import { type Scan, scanNodes } from './scan.ts';
import { sendPacket } from './send.ts';
import { drawShortlist } from './shortlist.ts';
import { ageOf } from './table.ts';
import type { NodeRecord } from './wire/record.ts';

/** How long a node may take to answer: well above any LAN, below what a user notices. */
export const ANSWER_MS = 20;
/** A record so young is as good as an answer: whoever places a thousand a second need not ask. */
const RECENT_MS = 5;
/**
 * Jobs expected to be placed by others between a measurement and its use, at least: it keeps the
 * water level above the single lowest node while nobody has placed much yet.
 */
const ARRIVALS_MIN = 4;

export function beginDecision(context: Context, question: Question): void {
  const { state } = context;
  const unknown = unknownName(state.roster, question.wishes.only);
  if (unknown !== undefined) {
    refuse(context, question, `-H ${unknown}: no node of the cluster has that name`);
    return;
  }
  const decision = createDecision(context, question);
  const { order } = question.wishes;
  if (order.length === 0 && state.policy.asks) {
    ask(context, decision);
    return;
  }
  const judge = judgeFor(context, question);
  const { slots } = look(context, decision, judge);
  const fill =
    order.length > 0
      ? fillFirst(judge, slots, decision.left)
      : fillLeast(judge, slots, decision.left, context.random);
  commit(context, decision, fill);
}

/** A REPLY to a probe or a reservation. The record is in the table already. */
export function takeReply(context: Context, slot: number, nonce: number, record: NodeRecord): void {
  const decision = context.state.decisions.get(nonce);
  if (!decision) return;
  const part = decision.nonces.get(nonce);
  if (part) {
    if (part.slot === slot) confirm(context, nonce, decision, part, record);
    return;
  }
  if (!decision.waiting.delete(slot)) return;
  const answerMs = context.nowMs - decision.askedMs;
  decision.answered.set(slot, { source: 'answer', answerMs });
  if (decision.waiting.size > 0) return;
  forget(context, decision);
  choose(context, decision);
}

/** Goes on with the decisions whose answers are overdue. */
export function expireDecisions(context: Context): void {
  for (const decision of context.state.decisions.values()) {
    if (decision.deadlineMs > context.nowMs) continue;
    forget(context, decision);
    if (decision.phase === 'reserving') {
      settle(context, decision);
      continue;
    }
    for (const slot of decision.waiting) countMissed(context, decision, slot);
    choose(context, decision);
  }
}

export function nextDecisionDeadline(decisions: ReadonlyMap<number, Decision>): number {
  let deadlineMs = Infinity;
  for (const decision of decisions.values()) deadlineMs = Math.min(deadlineMs, decision.deadlineMs);
  return deadlineMs;
}

function createDecision({ state, nowMs }: Context, question: Question): Decision {
  return {
    question,
    phase: 'asking',
    nonces: new Map(),
    askedMs: nowMs,
    deadlineMs: Infinity,
    waiting: new Set(),
    // Its own figures are fresh at no cost, so this node is always among those compared.
    answered: new Map([[state.selfSlot, { source: 'self', answerMs: 0 }]]),
    quiet: new Set(),
    parts: [],
    left: question.count,
    repeated: false,
    ranking: [],
    grounds: { scan: undefined, arrivals: 0, shortlist: [] },
  };
}

function look(context: Context, decision: Decision, judge: Judge): Scan {
  const { state, random } = context;
  const scan = scanNodes(judge, random, !state.policy.asks);
  // Those who place elsewhere do not concern the part of the cluster that was looked at.
  const share = scan.looked / state.roster.nodes.length;
  const expected = state.arrivals.perMs * scan.meanAgeMs * share;
  decision.grounds.scan = scan;
  decision.grounds.arrivals = Math.max(ARRIVALS_MIN, expected) + decision.left;
  return scan;
}

function ask(context: Context, decision: Decision): void {
  const { state, nowMs, random } = context;
  const judge = judgeFor(context, decision.question);
  const { slots, costs, capacities } = look(context, decision, judge);
  const { arrivals } = decision.grounds;
  decision.waiting.clear();
  decision.askedMs = nowMs;
  for (const at of drawShortlist(costs, capacities, decision.left, arrivals, random)) {
    const slot = slots[at]!;
    if (slot === state.selfSlot || decision.quiet.has(slot)) continue;
    if (ageOf(state.table, slot, nowMs) <= RECENT_MS) {
      decision.answered.set(slot, { source: 'recent', answerMs: 0 });
    } else decision.waiting.add(slot);
  }
  if (decision.waiting.size === 0) {
    choose(context, decision);
    return;
  }
  decision.phase = 'asking';
  decision.deadlineMs = nowMs + ANSWER_MS;
  const nonce = register(context, decision, undefined);
  for (const slot of decision.waiting) {
    sendPacket(context, state.roster.nodes[slot]!.id, { type: 'probe', nonce });
  }
}

function choose(context: Context, decision: Decision): void {
  const { random } = context;
  const judge = judgeFor(context, decision.question);
  decision.grounds.shortlist = describeShortlist(decision, judge);
  let fill = fillLeast(judge, decision.answered.keys(), decision.left, random);
  if (fill.size === 0) {
    // Nobody answered: a draw from what the table says, those who kept silent last.
    const scan = look(context, decision, judge);
    fill = drawFill(scan, decision.quiet, decision.left, decision.grounds.arrivals, random);
  }
  commit(context, decision, fill);
}

/** Takes the nodes, and asks them to reserve where that is another one. */
function commit(context: Context, decision: Decision, fill: Fill): void {
  const { question } = decision;
  if (fill.size === 0 && decision.parts.length === 0) {
    refuse(context, question, explainRefusal(context, question));
    return;
  }
  if (question.explain) decision.ranking = rankAll(context, question);
  decision.phase = 'reserving';
  decision.deadlineMs = context.nowMs + ANSWER_MS;
  // The fill has counted its own jobs as promised: the loads before them are wanted.
  const before = judgeFor(context, question);
  for (const [slot, count] of fill) {
    judgeNode(before, slot);
    place(context, decision, slot, count, before.candidate.load);
  }
  if (decision.nonces.size === 0) settle(context, decision);
}

function place(
  context: Context,
  decision: Decision,
  slot: number,
  count: number,
  expectedLoad: number,
): void {
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
}

/** The node has the reservation. */
function confirm(
  context: Context,
  nonce: number,
  decision: Decision,
  part: Part,
  record: NodeRecord,
): void {
  const { cpus } = decision.question.wishes;
  context.state.promised.delete(part.job);
  context.state.decisions.delete(nonce);
  decision.nonces.delete(nonce);
  const overtakenBy = record.load - part.expectedLoad - part.count * cpus;
  part.outcome = overtakenBy <= 1 ? 'confirmed' : 'overtaken';
  if (decision.nonces.size === 0) settle(context, decision);
}

/**
 * All have confirmed, or 20 ms are over. Where others were faster or a node kept silent, the choice
 * is made once more; then whether the node can be reached, the remote shell will tell.
 */
function settle(context: Context, decision: Decision): void {
  const { parts, question } = decision;
  const overtaken = parts.filter(({ outcome }) => outcome === 'overtaken');
  const silent = parts.filter(({ outcome }) => outcome === 'asked');
  for (const { slot } of silent) countMissed(context, decision, slot);
  const isFinal = decision.repeated || question.wishes.order.length > 0;
  if (isFinal || overtaken.length + silent.length === 0) {
    for (const part of overtaken) part.outcome = 'confirmed';
    for (const part of silent) part.outcome = 'unconfirmed';
    answer(context, decision);
    return;
  }
  for (const part of [...overtaken, ...silent]) {
    takeBack(context, part);
    part.outcome = 'given up';
    decision.left += part.count;
  }
  decision.repeated = true;
  if (overtaken.length > 0) ask(context, decision);
  else choose(context, decision);
}

function register({ state, random }: Context, decision: Decision, part: Part | undefined): number {
  const nonce = Math.floor(random() * 2 ** 32);
  decision.nonces.set(nonce, part);
  state.decisions.set(nonce, decision);
  return nonce;
}

function forget({ state }: Context, decision: Decision): void {
  for (const nonce of decision.nonces.keys()) state.decisions.delete(nonce);
  decision.nonces.clear();
}

function countMissed({ state, nowMs }: Context, decision: Decision, slot: number): void {
  state.counters.probesMissed += 1;
  state.silences.set(slot, extendBackoff(state.silences.get(slot), nowMs));
  decision.quiet.add(slot);
  decision.answered.delete(slot);
}

function judgeFor({ state, nowMs }: Context, { client, wishes }: Question): Judge {
  return createJudge(state, client, wishes, nowMs);
}
