/** Values of options that are more than a number, a name, a size or a time. */
import type { Result } from '../core/result.ts';
import type { DaemonAddress } from './options.ts';

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
