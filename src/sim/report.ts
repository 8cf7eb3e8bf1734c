/** What the suites find: rows that are printed as a table and kept as JSON. */
import type { Estimate } from './statistics.ts';

export interface Row {
  readonly suite: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** `<= 1.02`; null: a figure without a goal. */
  readonly goal: string | null;
  readonly met: boolean | null;
  /** 95 % of the mean over the seeds; null: one value, or a count. */
  readonly interval: readonly [number, number] | null;
  readonly seeds: number;
}

export type Goal = readonly ['<=' | '>=', number];

/** A row of a mean over seeds. A goal is met by the mean, not by the whole interval. */
export function rowOf(
  suite: string,
  name: string,
  unit: string,
  { mean, interval }: Estimate,
  seeds: number,
  goal?: Goal,
): Row {
  return {
    suite,
    name,
    value: mean,
    unit,
    ...judgeGoal(mean, goal),
    interval: seeds > 1 ? interval : null,
    seeds,
  };
}

/** A row of one figure. */
export function figureRow(
  suite: string,
  name: string,
  value: number,
  unit: string,
  goal?: Goal,
  seeds = 1,
): Row {
  return { suite, name, value, unit, ...judgeGoal(value, goal), interval: null, seeds };
}

export function formatRows(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.name,
    formatNumber(row.value),
    row.unit,
    row.interval ? `[${row.interval.map(formatNumber).join(', ')}]` : '',
    row.goal ?? '',
    row.met === null ? '' : row.met ? 'met' : 'MISSED',
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((c) => c[column]!.length)));
  return cells
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** Four digits, as much as the seeds can tell. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}

function judgeGoal(value: number, goal?: Goal): Pick<Row, 'goal' | 'met'> {
  if (!goal) return { goal: null, met: null };
  const [relation, limit] = goal;
  return {
    goal: `${relation} ${limit}`,
    met: relation === '<=' ? value <= limit : value >= limit,
  };
}
