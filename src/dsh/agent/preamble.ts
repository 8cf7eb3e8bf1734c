/** Finds the runner's preamble behind whatever a login shell's start-up files print before it. */
import { PREAMBLE_NOISE_BYTES_MAX, RUNNER_PREAMBLE } from '../../core/wire/frame.ts';
import { createTail } from './tail.ts';

export interface PreambleScanner {
  /** Takes the next piece; once the preamble is complete, returns the bytes behind it. */
  push(piece: Buffer): Buffer | undefined;
  /** More came than any start-up file would print: this is no runner. */
  isHopeless(): boolean;
  /** The last line of the noise, for a message; empty once the preamble has come. */
  lastLine(): string;
}

const preamble = Buffer.from(RUNNER_PREAMBLE);

export function createPreambleScanner(): PreambleScanner {
  const tail = createTail();
  let noiseBytes = 0;
  let isFound = false;

  return {
    push(piece) {
      const recent = tail.push(piece);
      const at = recent.indexOf(preamble);
      if (at < 0) {
        noiseBytes += piece.length;
        return undefined;
      }
      isFound = true;
      return recent.subarray(at + preamble.length);
    },
    isHopeless: () => noiseBytes > PREAMBLE_NOISE_BYTES_MAX,
    // What follows the preamble are frames, which nobody can read.
    lastLine: () => (isFound ? '' : tail.lastLine()),
  };
}
