/** The resource limits of the calling process. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Limit } from '../core/wire/command.ts';

/**
 * All of them, as the caller has them. Node raises its own soft limit of open files to the hard one
 * when it starts, and the caller's is then known to nobody; that of the parent process is the same
 * unless it was changed between fork and exec (`(ulimit -Sn 100; exec dsh ls)`).
 */
export function readLimits(): Limit[] {
  const limits = readProcess('self');
  const parent = readProcess(process.ppid).find(isOpenFiles);
  return limits.map((limit) =>
    isOpenFiles(limit) && parent?.hard === limit.hard ? { ...limit, soft: parent.soft } : limit,
  );
}

/** Gives this process, and so its children, the soft limit of open files in `limits`. */
export function lowerOpenFiles(limits: readonly Limit[]): void {
  const wanted = limits.find(isOpenFiles);
  const own = readProcess('self').find(isOpenFiles);
  // With less Node cannot even start a child.
  if (!wanted || !own || wanted.soft >= own.soft || wanted.soft < OPEN_FILES_LEAST) return;
  const words = ['--pid', String(process.pid), `--nofile=${wanted.soft}:`];
  spawnSync('prlimit', words, { stdio: 'ignore' });
}

/** The text of /proc/PID/limits: what a limit is called, and both its values, in columns. */
export function parseLimits(text: string): Limit[] {
  return text.split('\n').flatMap((line) => {
    const resource = names.indexOf(line.slice(0, NAME_COLUMNS).trim());
    const [soft, hard] = line.slice(NAME_COLUMNS).split(/ +/).map(parseValue);
    return resource < 0 || soft === undefined || hard === undefined
      ? []
      : [{ resource, soft, hard }];
  });
}

/** In the order of Linux's RLIMIT_ numbers. */
const names: readonly string[] = [
  'Max cpu time',
  'Max file size',
  'Max data size',
  'Max stack size',
  'Max core file size',
  'Max resident set',
  'Max processes',
  'Max open files',
  'Max locked memory',
  'Max address space',
  'Max file locks',
  'Max pending signals',
  'Max msgqueue size',
  'Max nice priority',
  'Max realtime priority',
  'Max realtime timeout',
];
const NAME_COLUMNS = 26;
const OPEN_FILES_LEAST = 64;

function isOpenFiles({ resource }: Limit): boolean {
  return names[resource] === 'Max open files';
}

function parseValue(text: string): number {
  return text === 'unlimited' ? Infinity : Number(text);
}

function readProcess(pid: number | 'self'): Limit[] {
  try {
    return parseLimits(readFileSync(`/proc/${pid}/limits`, 'latin1'));
  } catch {
    // The parent is gone, or another user's and hidden.
    return [];
  }
}
