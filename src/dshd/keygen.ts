/** `dshd keygen [FILE]`: a new key, to a new file of its owner's alone, or to the standard output. */
import { randomBytes, randomInt } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { describeError } from './setup-error.ts';

/** Returns what is to be printed. Throws an Error of one line. */
export function generateKey(file: string | undefined): string {
  const line = `${randomInt(1, 256)} ${randomBytes(32).toString('hex')}\n`;
  if (file === undefined) return line;
  try {
    writeNewFile(file, line);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const cure = `: to change keys, add one by dshd keygen >> ${file}`;
    throw new Error(`cannot make key file ${file}: ${describeError(error)}${isThere ? cure : ''}`, {
      cause: error,
    });
  }
  return '';
}

/** On a full disk no part of it is left, which would be in the way of the next attempt. */
function writeNewFile(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
  } catch (error) {
    unlinkSync(file);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
