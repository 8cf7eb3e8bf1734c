/** What dshctl prints: results to stdout, and what it has to say itself, a line each, to stderr. */
import { writeSync } from 'node:fs';

export function print(text: string): void {
  writeAll(1, Buffer.from(text));
}

/** One JSON value on a line of its own. */
export function printJson(value: unknown): void {
  print(`${JSON.stringify(value)}\n`);
}

export function say(message: string): void {
  writeAll(2, Buffer.from(`dshctl: ${message.trimEnd()}\n`));
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let done = 0;
  while (done < bytes.length) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Whoever read it has seen enough, as `dshctl status | head` has.
      if (code === 'EPIPE') return;
      // Somebody made this pipe non-blocking, and its reader is slow.
      if (code === 'EAGAIN') Atomics.wait(pause, 0, 0, RETRY_MS);
      else throw error;
    }
  }
}

const RETRY_MS = 5;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** `1 job`, `2 jobs`. */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
