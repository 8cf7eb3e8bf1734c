/** How a choice was made, in words. */
import { formatGibibytes, formatTable, type Sheet, type TextColumn } from '../core/text-table.ts';
import type { NodeView } from '../core/wire/control.ts';
import type { DecisionReport, ShortlistedNode } from '../core/wire/control-report.ts';
import { formatAge } from './times.ts';

export function explainDecision(decision: DecisionReport, sheet: Sheet): string[] {
  const { job, count, chosen, secondsAgo, policy, usable, looked, repeated } = decision;
  const where = chosen.map(({ node, outcome }) =>
    outcome === 'confirmed' ? node : `${node} (${outcome})`,
  );
  const what = count === 1 ? `job ${job}` : `jobs ${job} to ${job + count - 1}`;
  return [
    `${what}: ${where.join(', ')}, chosen ${formatAge(secondsAgo)} ago by policy ${policy}`,
    ...describeWishes(decision),
    `${usable} of the ${looked} nodes looked at could be chosen${describeExcluded(decision)}`,
    ...formatTable(shortlistColumns, decision.shortlist.toSorted(compareCosts), sheet),
    ...(repeated ? ['others were faster, or a node kept silent: it was chosen once more'] : []),
  ];
}

/** Why a node did not get a job that was placed. */
export function explainAbsence(decision: DecisionReport, name: string): string {
  const { job, chosen, shortlist } = decision;
  const part = chosen.find(({ node }) => node === name);
  if (part && part.outcome !== 'given up') return `${name} did get job ${job}`;
  const asked = shortlist.find(({ node }) => node === name);
  const reason = findObstacle(decision, name, asked);
  if (reason !== undefined) return `${name} could not be chosen for job ${job}: ${reason}`;
  const best = shortlist.find(({ node }) => node === chosen.at(-1)?.node);
  if (!asked) {
    const figures = `${shortlist.length} nodes were looked at closely`;
    return `${name} was not drawn for job ${job}: ${figures}, by chance and by estimated cost`;
  }
  const than = best ? `${best.node} cost ${costText(best.cost)}` : 'another was better';
  return `${name} was asked for job ${job} and cost ${costText(asked.cost)}${noteOf(asked)}; ${than}`;
}

function findObstacle(
  { wishes: { only }, excluded }: DecisionReport,
  name: string,
  asked: ShortlistedNode | undefined,
): string | undefined {
  if (only.length > 0 && !only.includes(name)) return 'not named by -H';
  const group = excluded.find(({ names }) => names.includes(name));
  return group?.reason ?? (asked?.cost === null ? asked.note : undefined);
}

/** Why a node would not be chosen for one more job now; `nodes` is the ranking, best first. */
export function explainRank(nodes: readonly NodeView[], name: string): string | undefined {
  const node = nodes.find((each) => each.name === name);
  if (!node) return undefined;
  if (node.cost === null) return `${name} cannot be chosen now: ${node.note || node.state}`;
  const [best] = nodes;
  const cost = `cost ${costText(node.cost)} with load ${node.load.toFixed(2)} on ${node.cpus} cpus`;
  const free = `${formatGibibytes(node.freeBytes)} free`;
  if (best === node) return `${name} is the best node now: ${cost}, ${free}`;
  const place = `${nodes.indexOf(node) + 1} of ${nodes.length}`;
  const why = node.note === '' ? '' : `; it comes after all others: ${node.note}`;
  return `${name} is ${place} now: ${cost}, ${free}; ${best!.name} costs ${costText(best!.cost)}${why}`;
}

const sources: { readonly [S in ShortlistedNode['source']]: string } = {
  self: 'this node',
  answer: 'answered',
  recent: 'heard just now',
  table: 'as last heard',
};

const shortlistColumns: readonly TextColumn<ShortlistedNode>[] = [
  { title: 'node', isNumber: false, text: ({ node }) => node },
  { title: 'cost', isNumber: true, text: ({ cost }) => costText(cost) },
  { title: 'load', isNumber: true, text: ({ load }) => load.toFixed(2) },
  { title: 'cpus', isNumber: true, text: ({ cpus }) => String(cpus) },
  { title: 'free', isNumber: true, text: ({ freeBytes }) => formatGibibytes(freeBytes) },
  {
    title: 'figures',
    isNumber: false,
    text: ({ source, answerMs }) =>
      source === 'answer' ? `answered in ${answerMs!.toFixed(1)} ms` : sources[source],
  },
  {
    title: 'cost of',
    isNumber: false,
    rank: 1,
    text: ({ terms }) =>
      Object.entries(terms)
        .map(([name, value]) => `${name} ${value.toFixed(3)}`)
        .join(', '),
  },
  { title: 'note', isNumber: false, text: ({ note }) => note },
];

function describeWishes({ wishes }: DecisionReport): string[] {
  const { only, exclude, order, cpus, memoryBytes } = wishes;
  const parts = [
    ...(only.length > 0 ? [`only ${only.join(', ')}`] : []),
    ...(exclude.length > 0 ? [`not ${exclude.join(', ')}`] : []),
    ...(order.length > 0 ? [`the first of ${order.join(', ')}`] : []),
    ...(cpus === 1 ? [] : [`${cpus} cpus`]),
    ...(memoryBytes > 0 ? [`${formatGibibytes(memoryBytes)} of memory`] : []),
  ];
  return parts.length > 0 ? [`wanted: ${parts.join('; ')}`] : [];
}

function describeExcluded({ excluded }: DecisionReport): string {
  const groups = excluded.map(({ reason, count, names }) => {
    const more = count > names.length ? ', ...' : '';
    return `${count} ${reason} (${names.join(', ')}${more})`;
  });
  return groups.length > 0 ? `; left out: ${groups.join(', ')}` : '';
}

function compareCosts(a: ShortlistedNode, b: ShortlistedNode): number {
  return (a.cost ?? Infinity) - (b.cost ?? Infinity);
}

function costText(cost: number | null | undefined): string {
  return cost?.toFixed(3) ?? '-';
}

function noteOf({ note }: ShortlistedNode): string {
  return note === '' ? '' : ` (${note})`;
}
