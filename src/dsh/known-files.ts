/**
 * What this side sees of the files that a command's words name, for the other side to compare.
 * native/client/known-files.c is the same and explains which words count.
 */
import { type BigIntStats, lstatSync, realpathSync, statSync } from 'node:fs';
import type { Coherence } from '../core/wire/command.ts';
import {
  decodeFileReports,
  encodeFileReport,
  type FileReport,
  REPORT_PATH_BYTES_MAX,
} from '../core/wire/file-report.ts';
import { toBytes } from './byte-string.ts';
import { mountKind } from './network-mount.ts';
import type { RunOptions } from './options.ts';

const KNOWN_FILES_MAX = 1024;
const CANDIDATES_MAX = 4096;

/** undefined: nobody is to look after the files of this command. */
export function planCoherence(
  { command, coherence, coherenceMs }: RunOptions,
  directory: Uint8Array,
): Coherence | undefined {
  if (coherence === 'off') return undefined;
  const { dev, ino } = statSync(directory as Buffer, { bigint: true });
  const kind = mountKind(dev);
  if (coherence === 'auto' && kind === 'local') return undefined;
  const isSafe = kind === 'nfs' && ino <= BigInt(Number.MAX_SAFE_INTEGER);
  return {
    limitMs: coherenceMs,
    directoryInode: isSafe ? Number(ino) : 0,
    knownFiles: readKnownFiles(command, dev).map(encodeFileReport),
  };
}

/**
 * Those on `device` or on another network file system: what is local here is no affair of other
 * nodes. `words` are byte strings.
 */
export function readKnownFiles(
  [program = '', ...words]: readonly string[],
  device: bigint,
): FileReport[] {
  const isShared = ({ status }: Seen): boolean =>
    status.dev === device || mountKind(status.dev) !== 'local';
  const candidates = [
    ...(program.includes('/') ? [program] : []),
    ...words.flatMap((word) => word.split(/[ \t\n;|&<>()'"`]+/)).flatMap(pathsInWord),
  ];
  return candidates
    .slice(0, CANDIDATES_MAX)
    .flatMap(lookAt)
    .filter(isShared)
    .slice(0, KNOWN_FILES_MAX)
    .map(({ path, status }) => createReport(path, status));
}

interface Seen {
  readonly path: Uint8Array;
  readonly status: BigIntStats;
}

/** The directories of these files and those on the way to them, from above; not the current one. */
export function directoriesOf(coherence: Coherence | undefined): string[] {
  const known = coherence?.knownFiles.flatMap(decodeFileReports) ?? [];
  const paths = known.map(({ kind, path }) => {
    const text = Buffer.from(path).toString();
    return kind === 'directory' ? `${text}/` : text;
  });
  const prefixes = paths.flatMap((path) =>
    [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index)).filter(Boolean),
  );
  return [...new Set(prefixes)];
}

function pathsInWord(word: string): string[] {
  const value = /=(.*)/s.exec(word)?.[1];
  const paths = value === undefined ? [] : [value];
  if (!word.startsWith('-')) paths.push(word);
  else if (/^-[IL]/.test(word) || /^-[^-].*\//s.test(word)) paths.push(word.slice(2));
  return paths.filter((path) => path !== '' && path.length <= REPORT_PATH_BYTES_MAX);
}

function lookAt(path: string): Seen[] {
  const seen = tryLstat(toBytes(path));
  if (seen === undefined) {
    const parent = /^(.+)\/[^/]*$/s.exec(path)?.[1];
    const directory = parent === undefined ? undefined : tryLstat(toBytes(parent));
    if (directory?.status.isSymbolicLink()) return lookAtTarget(parent!);
    return directory?.status.isDirectory() ? [directory] : [];
  }
  if (seen.status.isFile() || seen.status.isDirectory()) return [seen];
  return seen.status.isSymbolicLink() ? [seen, ...lookAtTarget(path)] : [];
}

/** What a link leads to counts as well: that is what the command reads, or writes into. */
function lookAtTarget(path: string): Seen[] {
  try {
    const target = realpathSync(toBytes(path) as Buffer, { encoding: 'buffer' });
    const seen = tryLstat(target);
    const isOne = seen?.status.isFile() || seen?.status.isDirectory();
    return seen && isOne && target.length <= REPORT_PATH_BYTES_MAX ? [seen] : [];
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

function tryLstat(path: Uint8Array): Seen | undefined {
  try {
    return { path, status: lstatSync(path as Buffer, { bigint: true }) };
  } catch {
    return undefined;
  }
}
