/** A line on the terminal that tells how far a thing is; nothing where stderr is none. */
import { isatty } from 'node:tty';
import { writeSync } from 'node:fs';

export interface Progress {
  /** Takes the place of the line that was there. */
  show(line: string): void;
  /** Takes the line away, so that other text can follow. */
  clear(): void;
}

/** Some terminals say that they have 0. */
const USUAL_COLUMNS = 80;
const BEGIN_AND_ERASE = '\r\x1b[K';

export function createProgress(): Progress {
  const isShown = isatty(2) && process.env['TERM'] !== 'dumb';
  const write = (text: string): void => {
    if (isShown) writeSync(2, text);
  };
  return {
    show: (line) =>
      write(`${BEGIN_AND_ERASE}${line.slice(0, (process.stderr.columns || USUAL_COLUMNS) - 1)}`),
    clear: () => write(BEGIN_AND_ERASE),
  };
}
