/** One node: its figures, its last hour, what was placed on it. */
import { h, setAttribute, setText, type View } from './dom.ts';
import { formatBytes, formatLoad, formatLoadOf, formatTime, stateWords } from './format.ts';
import { createHistoryCharts } from './history-charts.ts';
import { createJobTable } from './job-table.ts';
import type { NodeRow } from './model.ts';
import { section } from './overview.ts';
import type { Store } from './store.ts';
import { createTimeline } from './timeline.ts';

export function createNodePage(store: Store, name: string): View {
  const { self } = store.model();
  const charts = createHistoryCharts(name);
  const [timeline, jobs] = [createTimeline(), createJobTable(self)];
  const badge = h('span', { class: 'badge' });
  const note = h('p', { class: 'muted' });
  const values = figureTexts.map(() => h('dd'));
  const figures = figureTexts.map(([title], index) =>
    h('div', {}, h('dt', {}, title), values[index]),
  );

  function update(): void {
    const [model, nowMs] = [store.model(), store.nowMs()];
    const node = model.nodes.get(name);
    setText(badge, node ? stateWords[node.state] : 'not in the cluster file');
    setAttribute(badge, 'data-state', node?.state ?? 'unknown');
    setText(note, node?.note ?? '');
    for (const [index, [, text]] of figureTexts.entries()) {
      const isKnown = node !== undefined && node.state !== 'unknown';
      setText(values[index]!, isKnown ? text(node, nowMs) : '–');
    }
    const here = [...model.jobs.values()].filter((job) => job.node === name);
    timeline.update(here, nowMs);
    jobs.update(here, nowMs);
  }

  const root = h(
    'div',
    {},
    h('p', {}, h('a', { href: '#/' }, '← Cluster')),
    h('h1', { tabindex: -1 }, name, ' ', badge),
    note,
    h('dl', { class: 'figures' }, ...figures),
    section('Last hour', 'hour', charts.root),
    section(`Jobs placed there from ${self}`, 'jobs', timeline.root, jobs.root),
  );
  return { root, title: `dsh: node ${name}`, update, close: charts.close };
}

type Text = (node: NodeRow, nowMs: number) => string;

const figureTexts: readonly [title: string, text: Text][] = [
  ['load', ({ load, cpus }) => formatLoadOf(load, cpus)],
  ['load average', ({ loadavg }) => formatLoad(loadavg)],
  ['memory free', (node) => `${formatBytes(node.freeBytes)} of ${formatBytes(node.totalBytes)}`],
  ['jobs of dsh', ({ jobs }) => String(jobs)],
  ['cost of one more', ({ cost }) => (cost === null ? 'not to be chosen' : cost.toFixed(3))],
  ['weights', ({ loadWeight, memoryWeight }) => `load ${loadWeight}, memory ${memoryWeight}`],
  ['ssh goes to', ({ destination }) => destination],
  ['clock', ({ skewMs, self }) => describeSkew(skewMs, self)],
  ['dsh', ({ version }) => version ?? 'not heard'],
  ['last heard', (node, nowMs) => `${formatTime(Math.max(0, nowMs - node.measuredMs))} ago`],
];

function describeSkew(skewMs: number | undefined, isSelf: boolean): string {
  if (isSelf) return 'this one';
  if (skewMs === undefined) return 'not heard';
  return `${formatTime(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead'}`;
}
