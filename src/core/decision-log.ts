/** The last choices and what they were made from, so that they can be explained afterwards. */
import type { Context, DaemonState } from './daemon-state.ts';
import type { Decision } from './decision-state.ts';
import { type Judge, judgeNode } from './judge.ts';
import { describeJudgement, exclusionNotes } from './node-view.ts';
import type { ControlReply } from './wire/control.ts';
import type { DecisionReport, ExcludedNodes, ShortlistedNode } from './wire/control-report.ts';

export const REPORTS_MAX = 256;

/** The nodes that were asked, as they stand now that the choice is made. */
export function describeShortlist(decision: Decision, judge: Judge): ShortlistedNode[] {
  const slots = [...decision.answered.keys(), ...decision.waiting, ...decision.later];
  return slots.map((slot) => {
    judgeNode(judge, slot);
    const { name, ageMs, load, cpus, freeBytes } = judge.candidate;
    const freshness = decision.answered.get(slot);
    return {
      node: name,
      source: freshness?.source ?? 'table',
      ...(freshness ? { answerMs: freshness.answerMs } : {}),
      ageSeconds: ageMs / 1000,
      load,
      cpus,
      freeBytes,
      cost: judge.exclusion === undefined ? judge.cost : null,
      terms: judge.state.policy.terms?.(judge.candidate, judge.wishes) ?? {},
      note: describeJudgement(judge, slot),
    };
  });
}

/** Notes a choice that came to its end. Holds are not noted: nobody has a number to ask for them by. */
export function report({ state, nowMs }: Context, decision: Decision): void {
  const { question, grounds, parts, repeated } = decision;
  const { kind, count, wishes } = question;
  if (kind === 'hold') return;
  state.reports.push({
    job: Math.min(...parts.map(({ job }) => job)),
    count,
    kind,
    policy: state.policy.name,
    wishes,
    // As long as it is kept: when; findReport makes of it how long ago.
    secondsAgo: nowMs / 1000,
    usable: grounds.scan?.slots.length ?? 0,
    looked: grounds.scan?.looked ?? 0,
    arrivals: grounds.arrivals,
    excluded: listExcluded(state, decision),
    shortlist: grounds.shortlist,
    chosen: parts.map(({ slot, job, count: jobs, outcome }) => ({
      node: state.roster.nodes[slot]!.name,
      job,
      count: jobs,
      outcome: outcome === 'given up' || outcome === 'unconfirmed' ? outcome : 'confirmed',
    })),
    repeated,
  });
  if (state.reports.length > REPORTS_MAX) state.reports.shift();
}

/** Answers `explain`. */
export function findReport(
  { state, nowMs }: Context,
  { id, job }: { readonly id: number; readonly job: number },
): ControlReply {
  const isOfJob = ({ chosen }: DecisionReport): boolean =>
    chosen.some((part) => job >= part.job && job < part.job + part.count);
  const found = state.reports.findLast(isOfJob);
  if (found) {
    const decision = { ...found, secondsAgo: nowMs / 1000 - found.secondsAgo };
    return { op: 'explained', id, decision };
  }
  const reason = `job ${job}: not among the last ${REPORTS_MAX} that this daemon placed`;
  return { op: 'refused', id, reason, ranking: [] };
}

function listExcluded(state: DaemonState, { grounds }: Decision): ExcludedNodes[] {
  return [...(grounds.scan?.excluded ?? [])].map(([reason, { count, slots }]) => ({
    reason: exclusionNotes[reason],
    count,
    names: slots.map((slot) => state.roster.nodes[slot]!.name),
  }));
}
