/** Tables for people: a line of titles and one for each row, in aligned columns. */
import { cutText, textWidth } from './text-width.ts';

export interface TextColumn<Row> {
  readonly title: string;
  /** Numbers stand at the right, texts at the left. */
  readonly isNumber: boolean;
  readonly text: (row: Row) => string;
  readonly color?: (row: Row) => Color | undefined;
  /** Where there is no room, the columns of the highest rank go first; those without one stay. */
  readonly rank?: number;
}

export type Color = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold';

/** What the table is shown on. */
export interface Sheet {
  /** How wide it is; Infinity: as wide as one likes. */
  readonly columns: number;
  readonly paint: (color: Color, text: string) => string;
}

/** A file or a pipe. */
export const plainSheet: Sheet = { columns: Infinity, paint: (_, text) => text };

/** No lines where there are no rows; none ends with a blank. The last column is cut to fit. */
export function formatTable<Row>(
  columns: readonly TextColumn<Row>[],
  rows: readonly Row[],
  sheet: Sheet = plainSheet,
): string[] {
  if (rows.length === 0) return [];
  const laid = layOut(columns, rows, sheet.columns);
  const titles = laid.map(({ column, width }) => pad(column.title, width, column.isNumber));
  return [
    sheet.paint('dim', joinCells(titles)),
    ...rows.map((row, index) => {
      const cells = laid.map(({ column, texts, width }) => {
        const cell = pad(texts[index]!, width, column.isNumber);
        const color = column.color?.(row);
        return color === undefined ? cell : paintWord(sheet, color, cell);
      });
      return joinCells(cells);
    }),
  ];
}

const GIBIBYTE = 1024 ** 3;

export function formatGibibytes(bytes: number): string {
  return `${(bytes / GIBIBYTE).toFixed(1)}G`;
}

/** `8`, `0.25`: a fraction where a quota makes one. */
export function formatCpus(cpus: number): string {
  return String(Number(cpus.toFixed(2)));
}

const GAP = '  ';
/** A last column narrower than this tells nothing. */
const LAST_WIDTH_MIN = 8;

interface LaidColumn<Row> {
  readonly column: TextColumn<Row>;
  readonly texts: readonly string[];
  width: number;
}

function layOut<Row>(
  columns: readonly TextColumn<Row>[],
  rows: readonly Row[],
  room: number,
): LaidColumn<Row>[] {
  let laid = columns.map((column): LaidColumn<Row> => {
    const texts = rows.map((row) => column.text(row));
    const widths = texts.map(textWidth);
    const width = widths.reduce((most, each) => Math.max(most, each), column.title.length);
    return { column, texts, width };
  });
  while (leastWidth(laid) > room) {
    const rank = laid.reduce((most, { column }) => Math.max(most, column.rank ?? 0), 0);
    if (rank === 0) break;
    laid = laid.filter(({ column }) => column.rank !== rank);
  }
  const last = laid.at(-1)!;
  last.width = Math.max(0, last.width - Math.max(0, totalWidth(laid) - room));
  return laid;
}

function totalWidth(laid: readonly LaidColumn<never>[]): number {
  return laid.reduce((sum, { width }) => sum + width, GAP.length * (laid.length - 1));
}

function leastWidth(laid: readonly LaidColumn<never>[]): number {
  const last = laid.at(-1)!;
  return totalWidth(laid) - Math.max(0, last.width - LAST_WIDTH_MIN);
}

function pad(text: string, width: number, isNumber: boolean): string {
  const cut = cutText(text, width);
  const blanks = ' '.repeat(Math.max(0, width - textWidth(cut)));
  return isNumber ? blanks + cut : cut + blanks;
}

/** The blanks around it stay plain, so that the end of a line can lose them. */
function paintWord(sheet: Sheet, color: Color, cell: string): string {
  const word = cell.trim();
  return word === '' ? cell : cell.replace(word, () => sheet.paint(color, word));
}

function joinCells(cells: readonly string[]): string {
  return cells.join(GAP).trimEnd();
}
