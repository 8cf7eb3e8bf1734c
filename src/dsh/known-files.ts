/**
 * What this side sees of the files that a command's words name, for the other side to compare.
 * native/client/known-files.c is the same and explains which words count.
 */
import { type BigIntStats, lstatSync, realpathSync, statSync } from 'node:fs';
import type { Coherence } from '../core/wire/command.ts';
import {
  encodeFileReport,
  type FileReport,
  REPORT_PATH_BYTES_MAX,
} from '../core/wire/file-report.ts';
import { toBytes } from './byte-string.ts';
import { isOnNetwork } from './network-mount.ts';
import type { RunOptions } from './options.ts';

const KNOWN_FILES_MAX = 64;
const CANDIDATES_MAX = 512;

/** undefined: nobody is to look after the files of this command. */
export function planCoherence(
  { command, coherence, coherenceMs }: RunOptions,
  directory: Uint8Array,
): Coherence | undefined {
  const isWanted = coherence === 'on' || (coherence === 'auto' && isOnNetwork(directory));
  if (!isWanted) return undefined;
  const { ino } = statSync(directory as Buffer, { bigint: true });
  return {
    limitMs: coherenceMs,
    directoryInode: ino <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(ino) : 0,
    knownFiles: readKnownFiles(command).map(encodeFileReport),
  };
}

/** `words` are byte strings. */
export function readKnownFiles([program = '', ...words]: readonly string[]): FileReport[] {
  const candidates = [
    ...(program.includes('/') ? [program] : []),
    ...words.flatMap((word) => word.split(/[ \t\n;|&<>()'"`]+/)).flatMap(pathsInWord),
  ];
  return candidates.slice(0, CANDIDATES_MAX).flatMap(lookAt).slice(0, KNOWN_FILES_MAX);
}

function pathsInWord(word: string): string[] {
  const value = /=(.*)/s.exec(word)?.[1];
  const paths = value === undefined ? [] : [value];
  if (!word.startsWith('-')) paths.push(word);
  else if (/^-[IL]/.test(word) || /^-[^-].*\//s.test(word)) paths.push(word.slice(2));
  return paths.filter((path) => path !== '' && path.length <= REPORT_PATH_BYTES_MAX);
}

function lookAt(path: string): FileReport[] {
  const status = tryLstat(toBytes(path));
  if (status === undefined) {
    const parent = /^(.+)\/[^/]*$/s.exec(path)?.[1];
    const parentStatus = parent === undefined ? undefined : tryLstat(toBytes(parent));
    return parentStatus?.isDirectory() ? [createReport(toBytes(parent!), parentStatus)] : [];
  }
  if (status.isFile() || status.isDirectory()) return [createReport(toBytes(path), status)];
  return status.isSymbolicLink()
    ? [createReport(toBytes(path), status), ...lookAtTarget(path)]
    : [];
}

/** What a link leads to counts as well: that is what the command reads. */
function lookAtTarget(path: string): FileReport[] {
  try {
    const target = realpathSync(toBytes(path) as Buffer, { encoding: 'buffer' });
    const status = lstatSync(target, { bigint: true });
    return status.isFile() && target.length <= REPORT_PATH_BYTES_MAX
      ? [createReport(target, status)]
      : [];
  } catch {
    // It leads nowhere, as the command will find out.
    return [];
  }
}

export function createReport(path: Uint8Array, status: BigIntStats): FileReport {
  return {
    kind: status.isDirectory() ? 'directory' : 'file',
    bytes: status.size,
    mtimeNs: status.mtimeNs,
    ctimeNs: status.ctimeNs,
    path,
  };
}

function tryLstat(path: Uint8Array): BigIntStats | undefined {
  try {
    return lstatSync(path as Buffer, { bigint: true });
  } catch {
    return undefined;
  }
}
