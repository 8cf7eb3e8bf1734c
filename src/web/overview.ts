/** The cluster on one page: figures, the map or the table of nodes, the last hour, jobs. */
import { h, setAttribute, setText, type View } from './dom.ts';
import { formatBytes, formatLoadOf, formatShare, formatWhole } from './format.ts';
import { NAMED_MAX, type Quantity } from './heat.ts';
import { createHeatMap } from './heat-map.ts';
import { createHistoryCharts } from './history-charts.ts';
import { createJobTable } from './job-table.ts';
import { sumNodes, type Totals } from './model.ts';
import { createNodeTable } from './node-table.ts';
import type { Store } from './store.ts';
import { createTimeline } from './timeline.ts';

export function createOverview(store: Store): View {
  const { self } = store.model();
  const [map, table] = [createHeatMap(), createNodeTable()];
  const [timeline, jobs] = [createTimeline(), createJobTable(self)];
  const charts = createHistoryCharts(undefined);
  const figures = createFigures();
  const show = createChoice('Show nodes as', ['map', 'table'], update);
  const quantity = createChoice('Colour by', ['load', 'memory'], update);

  function update(): void {
    const [model, nowMs] = [store.model(), store.nowMs()];
    figures.update(sumNodes(model));
    const isMap = show.value() === 'map';
    for (const part of [map.root, quantity.root]) setAttribute(part, 'hidden', !isMap);
    setAttribute(table.root, 'hidden', isMap);
    // A thousand rows that nobody sees are not kept up to date.
    setAttribute(root, 'data-size', model.nodes.size <= NAMED_MAX ? 'named' : 'many');
    if (isMap) map.update(model, quantity.value() as Quantity);
    else table.update(model);
    timeline.update(model.jobs.values(), nowMs);
    jobs.update([...model.jobs.values()], nowMs);
  }

  const tools = h('div', { class: 'tools' }, show.root, quantity.root);
  const root = h(
    'div',
    { class: 'overview' },
    h('h1', { tabindex: -1 }, 'Cluster'),
    figures.root,
    section('Nodes', 'nodes', tools, map.root, table.root),
    section('Last hour', 'hour', charts.root),
    section(`Jobs placed from ${self}`, 'jobs', timeline.root, jobs.root),
  );
  return { root, title: `dsh: ${self}`, update, close: charts.close };
}

export function section(
  title: string,
  name: string,
  ...children: readonly HTMLElement[]
): HTMLElement {
  const id = `heading-${name}`;
  return h('section', { class: name, 'aria-labelledby': id }, h('h2', { id }, title), ...children);
}

function createFigures(): { readonly root: HTMLElement; update(totals: Totals): void } {
  const values = figureTexts.map(() => h('dd'));
  const pairs = figureTexts.map(([title], index) =>
    h('div', {}, h('dt', {}, title), values[index]),
  );
  return {
    root: h('dl', { class: 'figures' }, ...pairs),
    update(totals) {
      for (const [index, [, text]] of figureTexts.entries()) setText(values[index]!, text(totals));
    },
  };
}

const figureTexts: readonly [title: string, text: (totals: Totals) => string][] = [
  [
    'nodes',
    ({ usable, nodes }) =>
      usable === nodes ? formatWhole(nodes) : `${formatWhole(usable)} of ${formatWhole(nodes)}`,
  ],
  ['load', ({ load, cpus }) => formatLoadOf(load, cpus)],
  [
    'memory in use',
    ({ usedBytes, totalBytes }) =>
      `${formatShare(totalBytes > 0 ? usedBytes / totalBytes : 0)} of ${formatBytes(totalBytes)}`,
  ],
  ['jobs of dsh', ({ jobs }) => formatWhole(jobs)],
];

function createChoice(
  label: string,
  values: readonly [string, string],
  onChange: () => void,
): { readonly root: HTMLElement; value(): string } {
  let chosen = values[0];
  const buttons = values.map((value) => {
    const button = h('button', { type: 'button', 'aria-pressed': String(value === chosen) }, value);
    button.addEventListener('click', () => {
      chosen = value;
      for (const each of buttons) {
        setAttribute(each, 'aria-pressed', String(each.textContent === chosen));
      }
      onChange();
    });
    return button;
  });
  const root = h('div', { class: 'choice', role: 'group', 'aria-label': label });
  root.append(h('span', { 'aria-hidden': true }, label), ...buttons);
  return { root, value: () => chosen };
}
