/** Values of options that are more than a number or a name. */
import type { Result } from '../core/result.ts';
import { toText } from './byte-string.ts';
import type { DaemonAddress } from './options.ts';

const unitBytes = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `512M`, `1.5G`, `4096`: bytes, or undefined if it is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^([0-9]{1,15}(?:\.[0-9]{1,6})?)([KMGT]?)$/i.exec(text);
  if (!match) return undefined;
  const bytes = Math.ceil(Number(match[1]) * unitBytes[match[2]!.toUpperCase() as 'K']);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

const unitMs = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** The longest that a timer of 32 bits can wait: 24.8 days. */
const DURATION_MS_MAX = 2 ** 31 - 1;

/** As of timeout(1): `5`, `1.5`, `2m`, `1h`: milliseconds, or undefined if it is no duration. */
export function parseDurationMs(text: string): number | undefined {
  const match = /^([0-9]{1,12}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})([smhd]?)$/.exec(text);
  if (!match) return undefined;
  const ms = Math.ceil(Number(match[1]) * unitMs[match[2] as 's']);
  return ms <= DURATION_MS_MAX ? ms : undefined;
}

/** @param name of the option or variable; without `text` the value is `absent`. */
export function readDuration(
  name: string,
  text: string | undefined,
  absent: number,
): Result<number> {
  const ms = text === undefined ? absent : parseDurationMs(text);
  if (ms !== undefined) return { ok: true, value: ms };
  const expected = 'expected seconds such as 5 or 1.5, or 2m, 1h, up to 24d';
  return { ok: false, reason: `${name} ${toText(text!)}: ${expected}` };
}

/** `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`. */
export function parseDaemonAddress(text: string): Result<DaemonAddress> {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+))(?::([0-9]{1,5}))?$/i.exec(text);
  const port = match?.[3] === undefined ? undefined : Number(match[3]);
  if (!match || port === 0 || (port ?? 0) > 65_535) {
    return { ok: false, reason: `--daemon ${text}: expected HOST or HOST:PORT` };
  }
  return { ok: true, value: { host: match[1] ?? match[2]!, port } };
}

/** Splits at blanks; 'single' and "double" quotes hold words together, as in a shell. */
export function splitWords(text: string): Result<readonly string[]> {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (const character of text) {
    if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') return { ok: false, reason: `the quote ${quote} is not closed` };
  if (word !== undefined) words.push(word);
  if (words.length === 0) return { ok: false, reason: 'expected a command such as ssh' };
  return { ok: true, value: words };
}
