/** One job, and why it went where it went. */
import type { DecisionReport, ShortlistedNode } from '../core/wire/control-report.ts';
import { fetchExplanation } from './api.ts';
import { h, setText, type View } from './dom.ts';
import { formatBytes, formatCount, formatCpus, formatLoad, formatTime } from './format.ts';
import { describeOutcome, jobDurationMs } from './job-table.ts';
import { section } from './overview.ts';
import { nodeLink } from './route.ts';
import type { Store } from './store.ts';

export function createJobPage(store: Store, number: number): View {
  const about = h('p');
  const explanation = h('div', {}, h('p', { class: 'muted' }, 'Asking the daemon…'));

  function update(): void {
    const job = store.model().jobs.get(number);
    if (!job) return setText(about, 'The daemon no longer knows this job.');
    const took = formatTime(jobDurationMs(job, store.nowMs()));
    setText(about, `${job.command} – of ${job.user}, ${describeOutcome(job)}, ${took}`);
  }

  void fetchExplanation(number).then((answered) => {
    explanation.replaceChildren(
      ...(answered.ok
        ? describeDecision(answered.value.decision, number)
        : [h('p', { class: 'muted' }, answered.reason)]),
    );
  });

  const root = h(
    'div',
    {},
    h('p', {}, h('a', { href: '#/' }, '← Cluster')),
    h('h1', { tabindex: -1 }, `Job ${number}`),
    about,
    section('Why there?', 'why', explanation),
  );
  return { root, title: `dsh: job ${number}`, update, close: () => {} };
}

function describeDecision(decision: DecisionReport, job: number): HTMLElement[] {
  const part = decision.chosen.find((each) => job >= each.job && job < each.job + each.count);
  const node = part?.node ?? '';
  return [
    h('p', { class: 'verdict' }, ...describeChoice(decision, node, part?.outcome ?? '')),
    shortlistTable(decision.shortlist, node),
    ...describeExcluded(decision),
    h('p', { class: 'muted' }, describeCircumstances(decision)),
  ];
}

function describeChoice(
  { shortlist, usable, looked }: DecisionReport,
  node: string,
  outcome: string,
): (HTMLElement | string)[] {
  const chosen = shortlist.find((each) => each.node === node);
  const others = shortlist.filter((each) => each.node !== node && each.cost !== null);
  // One with a note comes after all others, whatever its cost.
  const runnerUp = others.filter(({ note }) => note === '').toSorted(compareNodes)[0];
  const cost = chosen?.cost === null || !chosen ? '' : `, at cost ${chosen.cost.toFixed(3)}`;
  const next = runnerUp ? `, before ${runnerUp.node} at ${runnerUp.cost!.toFixed(3)}` : '';
  const reason = usable === 1 ? 'it was the only one.' : 'the least cost won.';
  const grounds = `${formatCount(looked, 'node')} looked at, ${usable} could be chosen, fresh figures of ${shortlist.length}: ${reason}`;
  return [h('a', { href: nodeLink(node) }, node), `${cost}${next}: ${outcome}. ${grounds}`];
}

function shortlistTable(shortlist: readonly ShortlistedNode[], node: string): HTMLElement {
  const terms = [...new Set(shortlist.flatMap((each) => Object.keys(each.terms)))];
  const titles = [
    'node',
    'figures',
    'load',
    'CPUs',
    'free',
    'cost',
    ...terms.map((term) => `of ${term}`),
    'note',
  ];
  const sorted = shortlist.toSorted(compareNodes);
  const most = Math.max(...shortlist.map(({ cost }) => cost ?? 0), Number.MIN_VALUE);
  const rows = sorted.map((each) => {
    const cost = h('td', { class: 'number cost' }, each.cost === null ? '–' : each.cost.toFixed(3));
    cost.style.setProperty('--share', `${((each.cost ?? 0) / most) * 100}%`);
    return h(
      'tr',
      { class: each.node === node ? 'chosen' : '' },
      h('th', { scope: 'row' }, h('a', { href: nodeLink(each.node) }, each.node)),
      h('td', {}, describeSource(each)),
      h('td', { class: 'number' }, formatLoad(each.load)),
      h('td', { class: 'number' }, formatCpus(each.cpus)),
      h('td', { class: 'number' }, formatBytes(each.freeBytes)),
      cost,
      ...terms.map((term) => h('td', { class: 'number' }, each.terms[term]?.toFixed(3) ?? '–')),
      h('td', {}, [each.node === node ? 'chosen' : '', each.note].filter(Boolean).join(', ')),
    );
  });
  const words = new Set(['node', 'figures', 'note']);
  const heads = h(
    'tr',
    {},
    ...titles.map((title) =>
      h('th', { scope: 'col', class: words.has(title) ? '' : 'number' }, title),
    ),
  );
  const caption = h('caption', { class: 'hidden' }, 'The nodes that were compared, cheapest first');
  const table = h('table', {}, caption, h('thead', {}, heads), h('tbody', {}, ...rows));
  const region = { class: 'wide', tabindex: 0, role: 'region', 'aria-label': 'Nodes compared' };
  return h('div', region, table);
}

/** The best first, as the daemon takes them. */
function compareNodes(a: ShortlistedNode, b: ShortlistedNode): number {
  const rank = ({ cost, note }: ShortlistedNode): number =>
    cost === null ? 2 : note === '' ? 0 : 1;
  return rank(a) - rank(b) || (a.cost ?? 0) - (b.cost ?? 0);
}

function describeSource({ source, answerMs, ageSeconds }: ShortlistedNode): string {
  const texts = {
    self: 'its own',
    answer: answerMs === undefined ? 'asked' : `asked, ${answerMs.toFixed(1)} ms`,
    recent: 'asked just before',
    table: `no answer; ${formatTime(ageSeconds * 1000)} old`,
  };
  return texts[source];
}

function describeExcluded({ excluded }: DecisionReport): HTMLElement[] {
  if (excluded.length === 0) return [];
  const items = excluded.map(({ reason, count, names }) => {
    const more = count > names.length ? ` and ${count - names.length} more` : '';
    return h('li', {}, `${reason}: ${names.join(', ')}${more}`);
  });
  return [h('h3', {}, 'Left out'), h('ul', {}, ...items)];
}

function describeCircumstances(decision: DecisionReport): string {
  const { policy, secondsAgo, arrivals, repeated, count, wishes } = decision;
  const parts = [
    `Policy ${policy}, ${formatTime(secondsAgo * 1000)} ago`,
    `for ${formatCount(count, 'job')} of ${formatCount(wishes.cpus, 'CPU')}`,
  ];
  if (wishes.memoryBytes > 0) parts.push(`and ${formatBytes(wishes.memoryBytes)}`);
  if (wishes.only.length > 0) parts.push(`only on ${wishes.only.join(', ')}`);
  if (wishes.exclude.length > 0) parts.push(`not on ${wishes.exclude.join(', ')}`);
  if (arrivals > 0) parts.push(`${arrivals.toFixed(1)} jobs of others expected meanwhile`);
  if (repeated) parts.push('chosen once more, since others were faster');
  return `${parts.join(', ')}.`;
}
