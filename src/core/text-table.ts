/** Tables for people: a line of titles and one for each row, in aligned columns. */

export interface TextColumn<Row> {
  readonly title: string;
  /** Numbers stand at the right, texts at the left. */
  readonly isNumber: boolean;
  readonly text: (row: Row) => string;
}

/** No lines where there are no rows; none ends with a blank. */
export function formatTable<Row>(
  columns: readonly TextColumn<Row>[],
  rows: readonly Row[],
): string[] {
  if (rows.length === 0) return [];
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

const GIBIBYTE = 1024 ** 3;

export function formatGibibytes(bytes: number): string {
  return `${(bytes / GIBIBYTE).toFixed(1)}G`;
}

/** `8`, `0.25`: a fraction where a quota makes one. */
export function formatCpus(cpus: number): string {
  return String(Number(cpus.toFixed(2)));
}
