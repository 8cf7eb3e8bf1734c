/** What Node's spawn hands on unchanged: text, in variables of which it does not think in numbers. */
import { isUtf8 } from 'node:buffer';
import type { PlainCommand } from '../core/wire/command.ts';

/** Whether the words and the variables of a command are the same after a way through Node. */
export function survivesNode({ arguments: words, variables }: PlainCommand): boolean {
  return words.every(isUtf8) && variables.every((entry) => isUtf8(entry) && !hasNumberName(entry));
}

/** JavaScript puts names that are whole numbers first, and process.env lacks them. */
function hasNumberName(entry: Uint8Array): boolean {
  const name = entry.subarray(0, entry.indexOf(EQUALS));
  return name.length > 0 && name.every((byte) => byte >= ZERO && byte <= NINE);
}

const EQUALS = 0x3d;
const ZERO = 0x30;
const NINE = 0x39;
