/** Whether a file is seen here as another node has told of it (`wire/file-report.ts`). */
import type { FileReport } from './wire/file-report.ts';

/**
 * True of the state that was told, and of any later one. The server stamps ctime at every change,
 * and nobody can set it back; so what has a later one is no old state that a cache still shows.
 */
export function isSettled(expected: FileReport, seen: FileReport): boolean {
  // Nobody can be misled by what nobody here may look at.
  if (seen.kind === 'unknown') return true;
  if (expected.kind === 'directory') return seen.kind === 'directory';
  if (expected.kind === 'absent') {
    return seen.kind === 'absent' || seen.ctimeNs > expected.ctimeNs;
  }
  if (seen.kind === 'absent') return false;
  const isSame = seen.bytes === expected.bytes && seen.mtimeNs === expected.mtimeNs;
  return isSame || seen.ctimeNs > expected.ctimeNs;
}

/**
 * The same of what was seen without a question to the server. Size and mtime stay when permissions
 * or links change, and ctime tells; but some file systems make it up, so after a question it is not
 * insisted on.
 */
export function isSettledUnasked(expected: FileReport, seen: FileReport): boolean {
  const isOlder = seen.kind === 'file' && seen.ctimeNs < expected.ctimeNs;
  return !isOlder && isSettled(expected, seen);
}

/** For a message: `no such file`, or size and time. */
export function describeFile({ kind, bytes, mtimeNs }: FileReport): string {
  if (kind === 'absent') return 'no such file';
  if (kind !== 'file') return 'a directory';
  return `${bytes} bytes of ${new Date(Number(mtimeNs / 1_000_000n)).toISOString()}`;
}
