/** The ranked table that `dsh -vv` shows: every node as it was judged, best first. */
import { formatCpus, formatGibibytes, formatTable, type TextColumn } from './text-table.ts';
import type { NodeView } from './wire/control.ts';

const columns: readonly TextColumn<NodeView>[] = [
  { title: 'node', isNumber: false, text: (view) => view.name },
  { title: 'state', isNumber: false, text: (view) => view.state },
  { title: 'load', isNumber: true, text: (view) => view.load.toFixed(2) },
  { title: 'cpus', isNumber: true, text: (view) => formatCpus(view.cpus) },
  { title: 'free', isNumber: true, text: (view) => formatGibibytes(view.freeBytes) },
  { title: 'age', isNumber: true, text: (view) => `${view.ageSeconds.toFixed(1)}s` },
  { title: 'cost', isNumber: true, text: (view) => view.cost?.toFixed(3) ?? '-' },
  { title: 'note', isNumber: false, text: (view) => view.note },
];

/** A line of titles and one for each row, in aligned columns; nothing where there are no rows. */
export function formatRanking(rows: readonly NodeView[]): string[] {
  return formatTable(columns, rows);
}
