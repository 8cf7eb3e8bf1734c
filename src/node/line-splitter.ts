/** Cuts a byte stream into lines of UTF-8 text, whatever the sizes of the pieces. */
export interface LineSplitter {
  /** Takes the next piece and returns the lines that it completes, without their newlines. */
  push(piece: Uint8Array): string[];
  /** Why the stream is unusable, once it is; nothing is returned from then on. */
  error(): string | undefined;
}

const NEWLINE = 0x0a;

export function createLineSplitter(lineBytesMax: number): LineSplitter {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let error: string | undefined;

  /** Adds to the unfinished line; false when that makes it too long. */
  function hold(bytes: Uint8Array): boolean {
    pending.push(bytes);
    pendingBytes += bytes.byteLength;
    if (pendingBytes <= lineBytesMax) return true;
    error = `a line of more than ${lineBytesMax} bytes`;
    pending = [];
    return false;
  }

  function takeLine(): string {
    // Joined before it is decoded: a character may lie across two pieces.
    const line = Buffer.concat(pending).toString('utf8');
    pending = [];
    pendingBytes = 0;
    return line;
  }

  return {
    error: () => error,
    push(piece) {
      const lines: string[] = [];
      if (error !== undefined) return lines;
      let start = 0;
      for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
        if (!hold(piece.subarray(start, end))) return lines;
        lines.push(takeLine());
        start = end + 1;
      }
      if (start < piece.byteLength) hold(piece.subarray(start));
      return lines;
    },
  };
}
