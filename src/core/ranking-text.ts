/** The ranked table that `dsh -vv` shows: every node as it was judged, best first. */
import { formatCpus, formatGibibytes, formatTable, type TextColumn } from './text-table.ts';
import type { NodeView } from './wire/control.ts';

const allColumns: readonly TextColumn<NodeView>[] = [
  { title: 'node', isNumber: false, text: (view) => view.name },
  { title: 'state', isNumber: false, text: (view) => view.state },
  { title: 'load', isNumber: true, text: (view) => view.load.toFixed(2) },
  { title: 'cpus', isNumber: true, text: (view) => formatCpus(view.cpus) },
  { title: 'free', isNumber: true, text: (view) => formatGibibytes(view.freeBytes) },
  { title: 'age', isNumber: true, text: (view) => `${view.ageSeconds.toFixed(1)}s` },
  { title: 'figures', isNumber: false, text: describeSource },
  { title: 'cost', isNumber: true, text: (view) => view.cost?.toFixed(3) ?? '-' },
  { title: 'of which', isNumber: false, text: describeTerms },
  { title: 'note', isNumber: false, text: (view) => view.note },
];

/**
 * A line of titles and one for each row, in aligned columns; nothing where there are no rows. A
 * column in which nothing stands is left out.
 */
export function formatRanking(rows: readonly NodeView[]): string[] {
  const columns = allColumns.filter(({ text }) => rows.some((row) => text(row) !== ''));
  return formatTable(columns, rows);
}

/** How the figures came, and how long an answer took. */
function describeSource({ source, answerMs }: NodeView): string {
  if (source === undefined) return '';
  return source === 'answer' ? `answer ${answerMs!.toFixed(1)}ms` : source;
}

function describeTerms({ terms = {} }: NodeView): string {
  return Object.entries(terms)
    .map(([name, figure]) => `${name} ${figure.toFixed(3)}`)
    .join(', ');
}
