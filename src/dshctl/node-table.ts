/** The table of nodes that `status` prints and `top` redraws. */
import {
  type Color,
  formatCpus,
  formatGibibytes,
  formatTable,
  type TextColumn,
} from '../core/text-table.ts';
import type { NodeView } from '../core/wire/control.ts';
import { countText } from './output.ts';
import type { Screen } from './screen.ts';

/** More columns between the jobs and the age; `top` has its history of loads there. */
export type MoreColumns = readonly TextColumn<NodeView>[];

export function formatNodes(
  nodes: readonly NodeView[],
  screen: Screen,
  more: MoreColumns = [],
): string[] {
  const columns = screen.isTerminal ? [nameColumn, barColumn(screen)] : [nameColumn];
  return formatTable([...columns, ...figureColumns, ...more, ...lastColumns], nodes, screen);
}

/** One line: how many nodes, of which so many can be used, and what they have in all. */
export function summarize(nodes: readonly NodeView[]): string {
  const usable = nodes.filter(({ cost }) => cost !== null);
  const sum = (read: (node: NodeView) => number): number =>
    usable.reduce((total, node) => total + read(node), 0);
  const load = sum((node) => node.load).toFixed(1);
  const free = formatGibibytes(sum(({ freeBytes }) => freeBytes));
  const cpus = formatCpus(sum((node) => node.cpus));
  const jobs = sum((node) => node.jobs);
  return `${usable.length} of ${nodes.length} nodes usable, load ${load} on ${cpus} cpus, ${free} free, ${countText(jobs, 'job')}`;
}

/** `h2` before `h10`. */
export function compareNames(a: { readonly name: string }, b: { readonly name: string }): number {
  return collator.compare(a.name, b.name);
}

/** Its load per CPU; 0 where nothing is known of it. */
export function loadShare({ load, cpus }: NodeView): number {
  return cpus > 0 ? load / cpus : 0;
}

const collator = new Intl.Collator('en', { numeric: true });

const BAR_WIDTH = 10;
/** A clock that is further from ours than this makes make err: an NFS stamp has whole ticks of 10 ms. */
const SKEW_MS_MAX = 500;

const stateColors: { readonly [S in NodeView['state']]: Color } = {
  ok: 'green',
  hot: 'yellow',
  draining: 'yellow',
  silent: 'red',
  unknown: 'dim',
  unreachable: 'red',
};

const nameColumn: TextColumn<NodeView> = {
  title: 'node',
  isNumber: false,
  text: ({ name, self }) => (self ? `${name}*` : name),
  color: ({ self }) => (self ? 'bold' : undefined),
};

function barColumn({ bar }: Screen): TextColumn<NodeView> {
  return {
    title: 'load',
    isNumber: false,
    rank: 3,
    text(node) {
      if (!isHeard(node)) return '';
      const full = Math.round(Math.min(1, loadShare(node)) * BAR_WIDTH);
      return bar.full.repeat(full) + bar.empty.repeat(BAR_WIDTH - full);
    },
    color: loadColor,
  };
}

const figureColumns: readonly TextColumn<NodeView>[] = [
  {
    title: 'state',
    isNumber: false,
    text: ({ state }) => state,
    color: (node) => stateColors[node.state],
  },
  figure('load', (node) => node.load.toFixed(2), undefined, loadColor),
  figure('cpus', ({ cpus }) => formatCpus(cpus), 4),
  figure(
    'free',
    ({ freeBytes }) => formatGibibytes(freeBytes),
    undefined,
    (node) => (isHeard(node) && node.freeBytes < node.totalBytes / 20 ? 'red' : undefined),
  ),
  figure('jobs', ({ jobs }) => String(jobs)),
];

const lastColumns: readonly TextColumn<NodeView>[] = [
  figure('age', ({ ageSeconds }) => `${ageSeconds.toFixed(1)}s`, 6),
  figure('skew', formatSkew, 7, ({ skewMs = 0 }) =>
    Math.abs(skewMs) > SKEW_MS_MAX ? 'red' : undefined,
  ),
  figure('cost', ({ cost }) => cost?.toFixed(2) ?? '-', 8),
  { title: 'version', isNumber: false, rank: 9, text: ({ version }) => version ?? '-' },
  { title: 'note', isNumber: false, rank: 2, text: ({ note }) => note },
];

function figure(
  title: string,
  text: (node: NodeView) => string,
  rank?: number,
  color?: (node: NodeView) => Color | undefined,
): TextColumn<NodeView> {
  return {
    title,
    isNumber: true,
    text: (node) => (isHeard(node) ? text(node) : '-'),
    ...(rank !== undefined && { rank }),
    ...(color && { color }),
  };
}

/** Of a node of which nothing is known, the figures are zeros that mean nothing. */
function isHeard({ state }: NodeView): boolean {
  return state !== 'unknown';
}

function loadColor(node: NodeView): Color | undefined {
  if (!isHeard(node)) return undefined;
  const share = loadShare(node);
  return share > 1 ? 'red' : share > 0.7 ? 'yellow' : 'green';
}

function formatSkew({ skewMs, self }: NodeView): string {
  if (self || skewMs === undefined) return '-';
  const seconds = (skewMs / 1000).toFixed(1);
  // A clock that is a little behind has no sign of its own.
  return `${Number(seconds) === 0 ? '0.0' : skewMs > 0 ? `+${seconds}` : seconds}s`;
}
