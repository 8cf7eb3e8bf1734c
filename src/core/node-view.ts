/** Nodes as they are shown: the ranked table, with the reason why a node was left out. */
import { type DaemonState } from './daemon-state.ts';
import { createJudge, type Exclusion, type Heat, type Judge, judgeNode } from './judge.ts';
import { skewOf } from './skew.ts';
import type { NodeView, NodeViewState, Wishes } from './wire/control.ts';
import { decodeVersion } from './wire/version.ts';

/** Every node, best first: usable before hot before unusable, then by cost, then by name. */
export function rankNodes(
  state: DaemonState,
  client: number,
  wishes: Wishes,
  nowMs: number,
): NodeView[] {
  const judge = createJudge(state, client, wishes, nowMs);
  const ranked = state.roster.nodes.map((_, slot) => {
    const view = viewNode(judge, slot);
    return { view, rank: judge.exclusion !== undefined ? 2 : judge.heat !== undefined ? 1 : 0 };
  });
  ranked.sort((a, b) => a.rank - b.rank || compareCosts(a.view, b.view));
  return ranked.map(({ view }) => view);
}

export function viewNode(judge: Judge, slot: number): NodeView {
  const { state, candidate } = judge;
  judgeNode(judge, slot);
  const { load, loadavg, cpus, freeBytes, totalBytes, jobs, self } = candidate;
  const { name, destination, loadWeight, memoryWeight } = state.roster.nodes[slot]!;
  const isUsable = judge.exclusion === undefined;
  const version = decodeVersion(self ? state.version : state.table.versions[slot]!);
  const skewMs = self ? undefined : skewOf(state.table, slot);
  return {
    name,
    state: nodeState(judge),
    destination,
    load,
    loadavg,
    cpus,
    freeBytes,
    totalBytes,
    jobs,
    loadWeight,
    memoryWeight,
    ageSeconds: candidate.ageMs / 1000,
    cost: isUsable ? judge.cost : null,
    ...(isUsable && state.policy.terms && { terms: state.policy.terms(candidate, judge.wishes) }),
    self,
    ...(skewMs !== undefined && { skewMs }),
    ...(version !== undefined && { version }),
    note: describeJudgement(judge, slot),
  };
}

/** Why the node judged last is left out, or comes last; else empty. */
export function describeJudgement(judge: Judge, slot: number): string {
  const { exclusion, heat, candidate, nowMs, state } = judge;
  if (exclusion === undefined) return heat === undefined ? '' : heatNotes[heat];
  if (exclusion === 'silent') return `silent for ${seconds(candidate.ageMs)}`;
  if (exclusion === 'policy') return `refused by policy ${state.policy.name}`;
  if (exclusion !== 'unreachable') return exclusionNotes[exclusion];
  const { untilMs } = judge.unreachable!.get(state.roster.nodes[slot]!.id)!;
  return `${exclusionNotes.unreachable}; tried again in ${seconds(untilMs - nowMs)}`;
}

export const exclusionNotes: { readonly [Kind in Exclusion]: string } = {
  unheard: 'nothing heard from it',
  silent: 'silent for too long',
  unreachable: 'not reachable by remote shell',
  excluded: 'excluded by -x',
  'not-named': 'not named by -H',
  'not-ranked': 'not ranked',
  'too-little-memory': 'too little free memory for --mem',
  policy: 'refused by the policy',
};

const heatNotes: { readonly [Kind in Heat]: string } = {
  unresponsive: 'does not answer',
  draining: 'draining',
  pressed: 'held up for want of memory',
  'short-of-memory': 'short of memory',
};

function nodeState({ exclusion, heat }: Judge): NodeViewState {
  if (exclusion === 'unheard') return 'unknown';
  if (exclusion === 'silent' || exclusion === 'unreachable') return exclusion;
  if (heat === 'unresponsive') return 'silent';
  if (heat === 'draining') return 'draining';
  return heat === undefined ? 'ok' : 'hot';
}

function compareCosts(a: NodeView, b: NodeView): number {
  const difference = (a.cost ?? 0) - (b.cost ?? 0);
  return difference !== 0 ? difference : a.name < b.name ? -1 : 1;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
