/** The ranked table that `dsh -vv` shows: every node as it was judged, best first. */
import type { NodeView } from './wire/control.ts';

const GIBIBYTE = 1024 ** 3;

const allColumns: readonly {
  readonly title: string;
  readonly isNumber: boolean;
  readonly text: (view: NodeView) => string;
}[] = [
  { title: 'node', isNumber: false, text: (view) => view.name },
  { title: 'state', isNumber: false, text: (view) => view.state },
  { title: 'load', isNumber: true, text: (view) => view.load.toFixed(2) },
  { title: 'cpus', isNumber: true, text: (view) => String(Number(view.cpus.toFixed(2))) },
  { title: 'free', isNumber: true, text: (view) => `${(view.freeBytes / GIBIBYTE).toFixed(1)}G` },
  { title: 'age', isNumber: true, text: (view) => `${view.ageSeconds.toFixed(1)}s` },
  { title: 'from', isNumber: false, text: describeSource },
  { title: 'cost', isNumber: true, text: (view) => view.cost?.toFixed(3) ?? '-' },
  { title: 'of which', isNumber: false, text: describeTerms },
  { title: 'note', isNumber: false, text: (view) => view.note },
];

/**
 * A line of titles and one for each row, in aligned columns; nothing where there are no rows. A
 * column in which nothing stands is left out.
 */
export function formatRanking(rows: readonly NodeView[]): string[] {
  if (rows.length === 0) return [];
  const columns = allColumns.filter(({ text }) => rows.some((row) => text(row) !== ''));
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ text }) => text(row))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)));
  return cells.map((line) =>
    line
      .map((cell, index) =>
        columns[index]!.isNumber ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
      )
      .join('  ')
      .trimEnd(),
  );
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
