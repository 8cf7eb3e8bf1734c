/** What stdout is: a terminal of some width that shows colours, or a file or a pipe. */
import type { Color, Sheet } from '../core/text-table.ts';
import { plainSheet } from '../core/text-table.ts';

export interface Screen extends Sheet {
  readonly isTerminal: boolean;
  /** Bars and such, of characters that the locale has. */
  readonly bar: { readonly full: string; readonly empty: string; readonly heights: string };
}

export function describeScreen(
  environment: NodeJS.ProcessEnv,
  { isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number },
): Screen {
  const bar = hasUtf8(environment) ? blocks : letters;
  if (!isTTY) return { ...plainSheet, isTerminal: false, bar };
  // https://no-color.org: present and not empty, whatever it says.
  const isPlain = Boolean(environment['NO_COLOR']) || environment['TERM'] === 'dumb';
  const paint = isPlain ? plainSheet.paint : paintAnsi;
  return { columns: columns ?? COLUMNS_DEFAULT, paint, isTerminal: true, bar };
}

const COLUMNS_DEFAULT = 80;
const blocks = { full: '█', empty: '░', heights: ' ▁▂▃▄▅▆▇█' };
const letters = { full: '#', empty: '.', heights: ' .:-=+*#@' };

const codes: { readonly [C in Color]: number } = {
  red: 31,
  yellow: 33,
  green: 32,
  cyan: 36,
  dim: 2,
  bold: 1,
};

function paintAnsi(color: Color, text: string): string {
  return `\u001b[${codes[color]}m${text}\u001b[0m`;
}

function hasUtf8({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
