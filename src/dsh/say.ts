/** What dsh itself tells the user: one line on stderr. */
import { writeSync } from 'node:fs';

export function say(message: string): void {
  try {
    // Written at once: process.stderr would make a pipe that others share non-blocking.
    writeSync(2, `dsh: ${message.trimEnd()}\n`);
  } catch {
    // Nobody reads stderr, or its disk is full: there is no other place to say so.
  }
}
