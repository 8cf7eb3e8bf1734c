/** Files that an administrator has written. */
import { closeSync, openSync, readSync } from 'node:fs';

/** The cluster file of ten thousand nodes has not a tenth of it. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** Reads a pipe too, and no device without an end. Throws the system's Error, or one of the length. */
export function readTextFile(path: string): string {
  const descriptor = openSync(path, 'r');
  const pieces: Buffer[] = [];
  try {
    for (let total = 0; total <= FILE_BYTES_MAX; ) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const length = readSync(descriptor, piece);
      if (length === 0) return Buffer.concat(pieces).toString();
      pieces.push(piece.subarray(0, length));
      total += length;
    }
  } finally {
    closeSync(descriptor);
  }
  throw new Error(`longer than ${FILE_BYTES_MAX / 1024 / 1024} MiB`);
}

const PIECE_BYTES = 65_536;
