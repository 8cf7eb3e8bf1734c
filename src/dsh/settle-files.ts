/**
 * Waits until what a command has changed on its node is seen here. Node has no statx(2), so a
 * directory is read again, which costs with its size, and a file is opened, which makes an NFS
 * client ask the server. native/common/barrier.h does it better and says more.
 */
import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeFile, isSettled, isSettledUnasked } from '../core/coherence.ts';
import type { Coherence } from '../core/wire/command.ts';
import { decodeFileReports, type FileReport } from '../core/wire/file-report.ts';
import { toBytes } from './byte-string.ts';
import { createReport } from './known-files.ts';
import { say } from './say.ts';

const NOTICE_AFTER_MS = 3000;
const PAUSE_MS_MIN = 1;
const PAUSE_MS_MAX = 100;

/** False: something did not come true in time, and the user was told so. */
export async function settleFiles(
  changes: readonly Uint8Array[],
  node: string,
  { limitMs }: Coherence,
  isQuiet: boolean,
): Promise<boolean> {
  let awaited = 'the current directory';
  const stopped = new AbortController();
  const notice = setTimeout(() => isQuiet || say(`waiting for ${awaited}`), NOTICE_AFTER_MS);
  const deadline = delay(limitMs || TIMER_MS_MAX, 'overdue' as const, { signal: stopped.signal });
  deadline.catch(() => {});
  let isTrue = true;
  try {
    await Promise.race([reread(toBytes('.') as Buffer), deadline]);
    for (const report of changes.flatMap(decodeFileReports)) {
      awaited = Buffer.from(report.path).toString();
      const seen = await Promise.race([settle(report), deadline]);
      if (seen === undefined) continue;
      isTrue = false;
      explain(report, awaited, node, limitMs);
      if (seen === 'overdue') break;
    }
  } finally {
    clearTimeout(notice);
    stopped.abort();
  }
  return isTrue;

  /** undefined: it is settled. Never, unless somebody stops it, where it is not. */
  async function settle(report: FileReport): Promise<'unknown' | undefined> {
    if (report.kind === 'unknown') return 'unknown';
    if (report.kind === 'stamp') return undefined;
    const path = Buffer.from(report.path);
    if (report.kind === 'within') {
      await reread(path);
      return undefined;
    }
    if (isSettledUnasked(report, await look(path))) return undefined;
    for (let pauseMs = PAUSE_MS_MIN; !stopped.signal.aborted; pauseMs *= 2) {
      await reread(Buffer.from(dirname(path.toString('latin1')), 'latin1'));
      await ask(path);
      if (isSettled(report, await look(path))) break;
      await delay(Math.min(pauseMs, PAUSE_MS_MAX));
    }
    return undefined;
  }
}

const TIMER_MS_MAX = 2 ** 31 - 1;

function explain(report: FileReport, path: string, node: string, limitMs: number): void {
  if (report.kind === 'unknown') {
    say(
      `${node}: what the command did to files in ${path} is not known: ` +
        'the file system does not answer there',
    );
    return;
  }
  say(
    `${path} is not here as it is on ${node}: expected ${describeFile(report)}, ` +
      `after ${limitMs / 1000} s (--coherence-timeout)`,
  );
}

async function look(path: Buffer): Promise<FileReport> {
  try {
    return createReport(path, await lstat(path, { bigint: true }));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isHidden = code === 'EACCES' || code === 'EPERM' || code === 'ELOOP';
    const nothing = { bytes: 0n, mtimeNs: 0n, ctimeNs: 0n, path };
    return { kind: isHidden ? 'unknown' : 'absent', ...nothing };
  }
}

async function reread(directory: Buffer): Promise<void> {
  // What cannot be read is looked at by name.
  await readdir(directory).catch(() => {});
}

async function ask(path: Buffer): Promise<void> {
  // Not a pipe or a device, whose opening may do something, nor through a link.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  const file = await open(path, flags).catch(() => undefined);
  await file?.close();
}
