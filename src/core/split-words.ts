/** The words of a text such as `ssh -p 2222`. */
import type { Result } from './result.ts';

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
