/**
 * One choice of a node, or of nodes for several jobs alike: estimate from the table, decide on fresh
 * answers, reserve where the jobs will run.
 *
 *     begin -> asking    RESERVE at the apparent best of the shortlist; if it has no CPU to spare, or
 *                        does not say so within 4 ms, PROBE to the others; all answered, or 20 ms
 *                        are over
 *           -> reserving only where another one proved better: RESERVE there, and the first one is
 *                        taken back; the replies say whether somebody was faster
 *           -> answered
 *
 * Where all who have answered are busy it waits longer. What leaves nothing to choose is answered at
 * once: this node, the only one that can be taken, the first of the user's order, and all under a
 * policy that does not ask.
 */
import { answer, explainRefusal, rankAll, refuse, unknownName } from './answer.ts';
import type { Context } from './daemon-state.ts';
import type { Decision, Question } from './decision-state.ts';
import { describeShortlist, report } from './decision-log.ts';
import { confirm, countMissed, forget, giveUp, place, probe, putOff } from './decision-steps.ts';
import { discount, findFavourite, isFavouriteGood } from './favourite.ts';
import { drawFill, type Fill, fillFirst, fillLeast } from './fill.ts';
import { createJudge, hasRoom, type Judge, judgeNode } from './judge.ts';
import { isWorthWaiting, noteLateAnswer, PATIENCE_MS } from './late-answers.ts';
import { type Scan, scanNodes } from './scan.ts';
import { drawShortlist } from './shortlist.ts';
import { ageOf } from './table.ts';
import type { NodeRecord } from './wire/record.ts';

/** How long a node may take to answer: well above any LAN, below what a user notices. */
const ANSWER_MS = 20;
/** So long the favourite is asked alone; on a LAN an answer takes less than 1 ms. */
const ALONE_MS = 4;
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
  decision.isForced = order.length > 0;
  const fill = decision.isForced
    ? fillFirst(judge, slots, decision.left)
    : fillLeast(judge, slots, decision.left, context.random);
  commit(context, decision, fill);
}

/** A REPLY to a probe or a reservation. The record is in the table already. */
export function takeReply(context: Context, slot: number, nonce: number, record: NodeRecord): void {
  const decision = context.state.decisions.get(nonce);
  if (!decision) {
    noteLateAnswer(context, slot);
    return;
  }
  const part = decision.nonces.get(nonce);
  if (part && part.slot !== slot) return;
  if (part) confirm(context, decision, part, record);
  if (part && decision.phase === 'reserving') {
    context.state.decisions.delete(nonce);
    decision.nonces.delete(nonce);
    if (decision.nonces.size === 0) settle(context, decision);
    return;
  }
  if (!decision.waiting.delete(slot)) return;
  const answerMs = context.nowMs - decision.askedMs;
  decision.answered.set(slot, { source: 'answer', answerMs });
  const isGood = decision.isPatient && hasRoom(judgeFor(context, decision.question), slot);
  if (decision.waiting.size > 0 && !isGood) return;
  if (decision.later.size > 0 && !isFavouriteGood(context, decision)) {
    askOthers(context, decision);
    return;
  }
  forget(context, decision);
  choose(context, decision);
}

/** Goes on with the decisions whose answers are overdue. */
export function expireDecisions(context: Context): void {
  for (const decision of context.state.decisions.values()) {
    if (decision.deadlineMs > context.nowMs) continue;
    if (decision.later.size > 0) {
      askOthers(context, decision);
      continue;
    }
    if (!decision.isPatient && isWorthWaiting(context, decision)) {
      decision.isPatient = true;
      decision.deadlineMs = context.nowMs + PATIENCE_MS;
      continue;
    }
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
    later: new Set(),
    // Its own figures are fresh at no cost, so this node is always among those compared.
    answered: new Map([[state.selfSlot, { source: 'self', answerMs: 0 }]]),
    quiet: new Set(),
    parts: [],
    favourite: undefined,
    held: undefined,
    left: question.count,
    repeated: false,
    isForced: false,
    isAnswered: false,
    isPatient: false,
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
  decision.later.clear();
  decision.askedMs = nowMs;
  const [only] = slots;
  const { kind, explain } = decision.question;
  if (slots.length === 1 && only !== state.selfSlot && kind === 'job' && !explain) {
    takeOnly(context, decision, judge, only!);
    return;
  }
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
  const favourite = findFavourite(decision, judge, random);
  decision.favourite = favourite;
  const isAlone = favourite !== undefined && hasRoom(judge, favourite);
  const others = [...decision.waiting].filter((slot) => slot !== favourite);
  if (isAlone) putOff(decision, others);
  if (decision.waiting.size === 0) {
    choose(context, decision);
    return;
  }
  if (favourite !== undefined && decision.waiting.has(favourite)) {
    judgeNode(judge, favourite);
    decision.held = place(context, decision, favourite, 1, judge.candidate.load);
  }
  decision.deadlineMs = nowMs + (decision.later.size > 0 ? ALONE_MS : ANSWER_MS);
  if (!isAlone) probe(context, decision, others);
}

/** The favourite has answered and cannot run the job at once, or it is slow to answer. */
function askOthers(context: Context, decision: Decision): void {
  const { waiting, later } = decision;
  const others = [...later];
  later.clear();
  for (const slot of others) waiting.add(slot);
  decision.deadlineMs = decision.askedMs + ANSWER_MS;
  probe(context, decision, others);
}

function takeOnly(context: Context, decision: Decision, judge: Judge, slot: number): void {
  decision.isForced = true;
  decision.waiting.add(slot);
  decision.grounds.shortlist = describeShortlist(decision, judge);
  commit(context, decision, new Map([[slot, decision.left]]), judge);
}

function choose(context: Context, decision: Decision): void {
  const { random } = context;
  const { held, favourite, question, answered } = decision;
  const judge = judgeFor(context, question);
  decision.held = undefined;
  decision.favourite = undefined;
  // What it answered counts our own job already.
  if (held && held.outcome !== 'asked') discount(judge, held);
  decision.grounds.shortlist = describeShortlist(decision, judge);
  decision.later.clear();
  const left = decision.left + (held?.count ?? 0);
  let fill = fillLeast(judge, answered.keys(), left, random, favourite);
  if (held && fill.has(held.slot)) {
    held.outcome = 'confirmed';
    settle(context, decision);
    return;
  }
  if (held) giveUp(context, decision, held);
  if (fill.size === 0) {
    // Nobody answered: a draw from what the table says, those who kept silent last.
    const scan = look(context, decision, judge);
    fill = drawFill(scan, decision.quiet, decision.left, decision.grounds.arrivals, random);
  }
  commit(context, decision, fill);
}

/** Takes the nodes, and asks them to reserve where that is another one. */
function commit(
  context: Context,
  decision: Decision,
  fill: Fill,
  // The fill has counted its own jobs as promised: the loads before them are wanted.
  before: Judge = judgeFor(context, decision.question),
): void {
  const { question, parts } = decision;
  if (fill.size === 0 && parts.every(({ outcome }) => outcome === 'given up')) {
    refuse(context, question, explainRefusal(context, question));
    return;
  }
  if (question.explain) decision.ranking = rankAll(context, question);
  decision.phase = 'reserving';
  decision.isPatient = false;
  decision.deadlineMs = context.nowMs + ANSWER_MS;
  for (const [slot, count] of fill) {
    judgeNode(before, slot);
    place(context, decision, slot, count, before.candidate.load);
  }
  if (decision.nonces.size === 0) settle(context, decision);
  else if (decision.isForced) answer(context, decision);
}

/**
 * All have confirmed, or 20 ms are over. Where others were faster or a node kept silent, the choice
 * is made once more; then whether the node can be reached, the remote shell will tell.
 */
function settle(context: Context, decision: Decision): void {
  const { parts } = decision;
  const overtaken = parts.filter(({ outcome }) => outcome === 'overtaken');
  const silent = parts.filter(({ outcome }) => outcome === 'asked');
  for (const { slot } of silent) countMissed(context, decision, slot);
  const isFinal = decision.repeated || decision.isForced;
  if (isFinal || overtaken.length + silent.length === 0) {
    for (const part of overtaken) part.outcome = 'confirmed';
    for (const part of silent) part.outcome = 'unconfirmed';
    if (!decision.isAnswered) answer(context, decision);
    report(context, decision);
    return;
  }
  for (const part of [...overtaken, ...silent]) giveUp(context, decision, part);
  decision.repeated = true;
  if (overtaken.length > 0) ask(context, decision);
  else choose(context, decision);
}

function judgeFor({ state, nowMs }: Context, { client, wishes }: Question): Judge {
  return createJudge(state, client, wishes, nowMs);
}
