/** All nodes as a table, sorted by the column that was asked for. */
import { h, reconcile, setAttribute, setText } from './dom.ts';
import { formatBytes, formatCpus, formatLoad } from './format.ts';
import { compareNames, type Model, type NodeRow } from './model.ts';
import { nodeLink } from './route.ts';

export interface NodeTable {
  readonly root: HTMLElement;
  update(model: Model): void;
}

export function createNodeTable(): NodeTable {
  const body = h('tbody');
  const rows = new Map<string, HTMLTableRowElement>();
  let [sortedBy, isUpwards] = ['name', true];
  let latest: Model | undefined;

  const heads = columns.map(({ title, compare }) => {
    const button = h('button', { type: 'button' }, title);
    button.addEventListener('click', () => {
      [sortedBy, isUpwards] = [title, sortedBy === title ? !isUpwards : true];
      if (latest) update(latest);
    });
    return h('th', { scope: 'col', class: compare === compareText ? '' : 'number' }, button);
  });

  function update(model: Model): void {
    latest = model;
    const column = columns.find(({ title }) => title === sortedBy)!;
    const sorted = [...model.nodes.values()].toSorted(
      (a, b) => (isUpwards ? 1 : -1) * column.compare(a, b, column),
    );
    const names = sorted.map(({ name }) => name);
    reconcile(body, rows, names, createRow);
    for (const node of sorted) fillRow(rows.get(node.name)!, node);
    for (const [index, head] of heads.entries()) {
      const direction = isUpwards ? 'ascending' : 'descending';
      setAttribute(head, 'aria-sort', columns[index] === column ? direction : undefined);
    }
  }

  const caption = h('caption', { class: 'hidden' }, 'Nodes; the buttons of the columns sort');
  const table = h('table', {}, caption, h('thead', {}, h('tr', {}, ...heads)), body);
  return {
    root: h(
      'div',
      { class: 'wide', tabindex: 0, role: 'region', 'aria-label': 'Table of nodes' },
      table,
    ),
    update,
  };
}

interface Column {
  readonly title: string;
  text(node: NodeRow): string;
  value(node: NodeRow): number;
  compare(a: NodeRow, b: NodeRow, column: Column): number;
}

const compareText = (a: NodeRow, b: NodeRow, { text }: Column): number =>
  compareNames(text(a), text(b)) || compareNames(a.name, b.name);

const compareValues = (a: NodeRow, b: NodeRow, { value }: Column): number =>
  value(a) - value(b) || compareNames(a.name, b.name);

const columns: readonly Column[] = [
  textColumn('name', ({ name }) => name),
  textColumn('state', ({ state }) => state),
  valueColumn('load', ({ load }) => load, formatLoad),
  valueColumn('CPUs', ({ cpus }) => cpus, formatCpus),
  valueColumn('free', ({ freeBytes }) => freeBytes, formatBytes),
  valueColumn('memory', ({ totalBytes }) => totalBytes, formatBytes),
  valueColumn('jobs', ({ jobs }) => jobs, String),
  valueColumn('cost', ({ cost }) => cost ?? Infinity, formatCost),
];

function textColumn(title: string, text: (node: NodeRow) => string): Column {
  return { title, text, value: () => 0, compare: compareText };
}

function valueColumn(
  title: string,
  value: (node: NodeRow) => number,
  format: (value: number) => string,
): Column {
  const text = (node: NodeRow): string => (node.state === 'unknown' ? '–' : format(value(node)));
  return { title, text, value, compare: compareValues };
}

function formatCost(cost: number): string {
  return Number.isFinite(cost) ? cost.toFixed(3) : '–';
}

function createRow(name: string): HTMLTableRowElement {
  const link = h('a', { href: nodeLink(name) }, name);
  const cells = columns
    .slice(1)
    .map(({ compare }) => h('td', { class: compare === compareText ? '' : 'number' }));
  return h('tr', {}, h('th', { scope: 'row' }, link), ...cells);
}

function fillRow(row: HTMLTableRowElement, node: NodeRow): void {
  setAttribute(row, 'data-state', node.state);
  for (const [index, column] of columns.entries()) {
    if (index > 0) setText(row.cells[index]!, column.text(node));
  }
}
