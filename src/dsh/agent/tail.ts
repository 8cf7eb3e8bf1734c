/** Keeps the end of a program's chatter, for the message when it fails. */
export interface Tail {
  /** Returns what was kept followed by the piece, before it is cut again. */
  push(piece: Buffer): Buffer;
  /** The last line that is not blank, or an empty text. */
  lastLine(): string;
}

export const TAIL_BYTES_MAX = 4096;

export function createTail(): Tail {
  let kept = Buffer.alloc(0);
  return {
    push(piece) {
      const whole = Buffer.concat([kept, piece]);
      kept = whole.subarray(-TAIL_BYTES_MAX);
      return whole;
    },
    lastLine() {
      const lines = kept.toString('utf8').split(/[\r\n]+/);
      return lines.findLast((line) => line.trim() !== '')?.trim() ?? '';
    },
  };
}
