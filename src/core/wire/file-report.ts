/**
 * What one node says of a file to another, which then looks whether it sees the same: in START's
 * `knownFile` what the client sees before the command, in CHANGED what the node has after it.
 *
 *     kind    1 byte: a FileKind number
 *     bytes   8 bytes, big endian
 *     mtime   8 bytes: nanoseconds since 1970
 *     ctime   8 bytes: likewise, by the file server's clock, and nobody can set it back; of a file
 *             that is absent, that of the directory in which it was not found
 *     length  2 bytes, at most REPORT_PATH_BYTES_MAX
 *     path    relative to the command's directory, or absolute
 *
 * CHANGED holds any number of them, one after the other, and none is cut. An `absent` file is gone;
 * a `directory` is there; anything `within` may have changed, more than can be told; `unknown` says
 * that what has changed is not known, since the file system did not answer there. A `stamp` is no file,
 * comes alone, on NFS only, and is for the agent: its ctime is that of what the command has created or
 * written last.
 */
import { createWriter } from './bytes.ts';

export const REPORT_HEAD_BYTES = 27;
export const REPORT_PATH_BYTES_MAX = 4000;

export const fileKinds = {
  absent: 0,
  file: 1,
  directory: 2,
  within: 3,
  unknown: 4,
  stamp: 5,
} as const;
export type FileKind = keyof typeof fileKinds;

export interface FileReport {
  readonly kind: FileKind;
  readonly bytes: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly path: Uint8Array;
}

export function encodeFileReport(report: FileReport): Uint8Array {
  const writer = createWriter(REPORT_HEAD_BYTES + report.path.byteLength);
  writer.u8(fileKinds[report.kind]);
  for (const value of [report.bytes, report.mtimeNs, report.ctimeNs]) {
    writer.u32(Number((value >> 32n) & LOW_32));
    writer.u32(Number(value & LOW_32));
  }
  writer.u16(report.path.byteLength);
  writer.bytes(report.path);
  return writer.finish();
}

/** Those that the bytes begin with; what is no report ends the list. */
export function decodeFileReports(bytes: Uint8Array): FileReport[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reports: FileReport[] = [];
  let at = 0;
  while (at + REPORT_HEAD_BYTES <= bytes.byteLength) {
    const kind = kindNames.get(view.getUint8(at));
    const length = view.getUint16(at + 25);
    const end = at + REPORT_HEAD_BYTES + length;
    const path = bytes.subarray(at + REPORT_HEAD_BYTES, end);
    if (kind === undefined || length === 0 || length > REPORT_PATH_BYTES_MAX) break;
    if (end > bytes.byteLength || path.includes(0)) break;
    const number = (offset: number): bigint => view.getBigUint64(at + offset);
    reports.push({ kind, bytes: number(1), mtimeNs: number(9), ctimeNs: number(17), path });
    at = end;
  }
  return reports;
}

/** The ms since 1970 of a CHANGED that holds a stamp; undefined: it holds files. */
export function readStampMs(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== fileKinds.stamp) return undefined;
  const [stamp] = decodeFileReports(bytes);
  return stamp && Number(stamp.ctimeNs / 1_000_000n);
}

const LOW_32 = 0xffffffffn;
const kindNames = new Map<number, FileKind>(
  Object.entries(fileKinds).map(([name, number]) => [number, name as FileKind]),
);
