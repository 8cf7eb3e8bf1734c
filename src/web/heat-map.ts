/**
 * The cluster as a map of cells, one a node, coloured by its load or its memory. A cell is a link to
 * the node's page. One Tab reaches the map, arrow keys move in it; a table shows the same in words.
 */
import { h, reconcile, setAttribute, setText } from './dom.ts';
import { describeNode, describeRest, formatLoadOf, formatShare, stateWords } from './format.ts';
import { heatOf, LEVELS, memoryShare, moveInGrid, NAMED_MAX, type Quantity } from './heat.ts';
import type { Model, NodeRow } from './model.ts';
import { nodeLink } from './route.ts';

export interface HeatMap {
  readonly root: HTMLElement;
  update(model: Model, quantity: Quantity): void;
}

export function createHeatMap(): HeatMap {
  const list = h('ul', { class: 'map', 'aria-label': 'Nodes' });
  const readout = h('p', { class: 'readout' }, HINT);
  const cells = new Map<string, HTMLLIElement>();
  let rows: ReadonlyMap<string, NodeRow> = new Map();
  let [current, shown] = ['', ''];

  /** What is said of the node that was pointed at, or moved to. */
  function show(name: string): void {
    shown = name;
    const row = rows.get(name);
    setText(readout, row ? describeNode(row) : HINT);
  }

  /** The cell that Tab reaches. */
  function setCurrent(name: string): void {
    const before = cells.get(current)?.firstElementChild;
    if (before) setAttribute(before, 'tabindex', -1);
    current = name;
    const link = cells.get(name)?.firstElementChild;
    if (link) setAttribute(link, 'tabindex', 0);
  }

  list.addEventListener('focusin', (event) => {
    const name = nameOf(event.target);
    if (name === undefined) return;
    setCurrent(name);
    show(name);
  });
  list.addEventListener('pointerover', (event) => show(nameOf(event.target) ?? shown));
  list.addEventListener('keydown', (event) => {
    const names = [...cells.keys()];
    const to = moveInGrid(event.key, names.indexOf(current), names.length, countColumns(list));
    if (to === undefined) return;
    event.preventDefault();
    (cells.get(names[to]!)!.firstElementChild as HTMLElement).focus();
  });

  return {
    root: h('div', {}, list, readout, createLegend()),
    update(model, quantity) {
      rows = model.nodes;
      setAttribute(list, 'data-size', rows.size <= NAMED_MAX ? 'named' : 'many');
      reconcile(list, cells, [...rows.keys()], createCell);
      for (const [name, row] of rows) fillCell(cells.get(name)!, row, quantity);
      if (!cells.has(current)) setCurrent(cells.keys().next().value ?? '');
      show(shown);
    },
  };
}

const HINT = 'Point at a node, or move with the arrow keys; Enter opens it.';

function createCell(name: string): HTMLLIElement {
  const link = h(
    'a',
    { href: nodeLink(name), tabindex: -1, 'data-node': name },
    h('span', { class: 'name' }, name),
    ' ',
    h('span', { class: 'figures' }),
    h('span', { class: 'hidden' }),
  );
  return h('li', {}, link);
}

function fillCell(cell: HTMLLIElement, row: NodeRow, quantity: Quantity): void {
  const link = cell.firstElementChild!;
  setAttribute(link, 'data-heat', heatOf(row, quantity));
  setAttribute(link, 'data-state', row.state);
  setAttribute(link, 'data-jobs', row.jobs > 0 ? row.jobs : undefined);
  const [, figures, rest] = link.children;
  setText(figures!, figuresOf(row, quantity));
  setText(rest!, row.state === 'unknown' ? '' : `; ${describeRest(row)}`);
}

/** What is seen where there is room; a screen reader has it everywhere, and the rest besides. */
function figuresOf(row: NodeRow, quantity: Quantity): string {
  if (row.state === 'unknown' || row.state === 'silent') return stateWords[row.state];
  const figure =
    quantity === 'load'
      ? formatLoadOf(row.load, row.cpus)
      : `${formatShare(memoryShare(row))} in use`;
  return row.state === 'ok' ? figure : `${figure}, ${stateWords[row.state]}`;
}

function createLegend(): HTMLElement {
  const swatches = Array.from({ length: LEVELS }, (_, level) =>
    h('i', { class: 'swatch', 'data-heat': level }),
  );
  const scale = h('span', { class: 'scale' }, 'idle ', ...swatches, ' more than full');
  const states = (['silent', 'draining', 'hot'] as const).map((state) =>
    h('span', {}, h('i', { class: 'swatch', 'data-state': state }), ` ${stateWords[state]}`),
  );
  return h('p', { class: 'legend', 'aria-hidden': true }, scale, ...states);
}

function nameOf(target: EventTarget | null): string | undefined {
  return (target as Element).closest<HTMLElement>('[data-node]')?.dataset['node'];
}

function countColumns(list: Element): number {
  return getComputedStyle(list).gridTemplateColumns.split(' ').length;
}
