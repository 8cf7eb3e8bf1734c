/** Rows as people read them. */
import { formatNumber, type Row } from './row.ts';

/** Padded columns, a line for each row, and the peers of a row below it. */
export function formatTable(rows: readonly Row[]): string {
  const lines = rows.flatMap((row) => [
    [row.bench, row.name, measured(row), verdict(row), `${row.samples}`],
    ...Object.entries(row.peers).map(([peer, value]) => [
      '',
      `  beside ${peer}`,
      `${formatNumber(value)} ${row.unit}`,
      ratio(row.value, value),
      '',
    ]),
  ]);
  return alignRows([['BENCH', 'WHAT', 'FIGURE (QUARTILES)', 'GOAL', 'SAMPLES'], ...lines]);
}

function measured({ value, unit, spread }: Row): string {
  const around = spread ? ` (${spread.map(formatNumber).join(' to ')})` : '';
  return `${formatNumber(value)} ${unit}${around}`;
}

function verdict({ goal, met }: Row): string {
  return goal === null ? '-' : `${met ? 'met' : 'MISSED'}: ${goal}`;
}

/** What this row's figure is of that one. */
function ratio(value: number, other: number): string {
  return other === 0 ? '' : `${(value / other).toFixed(2)} x`;
}

function alignRows(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column]!)).join('  '),
  );
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
