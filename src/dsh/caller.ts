/** What the calling process is, as the kernel has it: Node's own view of it is lossy UTF-8. */
import { readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';
import type { Result } from '../core/result.ts';
import { fromBytes, toBytes } from './byte-string.ts';

/** The words after `dsh`, as byte strings. */
export function readWords(): string[] {
  const words = readList('/proc/self/cmdline');
  // Before them stand node, its own options and the program; Node's list tells how many remain.
  return words.slice(words.length - (process.argv.length - 2));
}

/** The environment's `NAME=value` entries, as byte strings. */
export function readVariables(): string[] {
  return readList('/proc/self/environ').filter((entry) => entry.indexOf('=') > 0);
}

/**
 * The directory as the user knows it: $PWD, which may lead through symbolic links, if it names the
 * current directory, else the kernel's path.
 */
export function readDirectory(variables: readonly string[]): Result<Uint8Array> {
  const here = tryStat('.');
  const named = variables.find((entry) => entry.startsWith('PWD='))?.slice('PWD='.length) ?? '';
  if (named.startsWith('/') && !/\/\.\.?(\/|$)/.test(named)) {
    const there = tryStat(toBytes(named));
    if (here && there && here.dev === there.dev && here.ino === there.ino) {
      return { ok: true, value: toBytes(named) };
    }
  }
  if (!here || here.nlink === 0) {
    return { ok: false, reason: 'the current directory was removed; change to another one' };
  }
  return { ok: true, value: readlinkSync('/proc/self/cwd', { encoding: 'buffer' }) };
}

export function readUmask(): number {
  const octal = /^Umask:\s*([0-7]+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
  return octal === undefined ? 0o022 : Number.parseInt(octal, 8);
}

/** The session id: all commands of one terminal window, or of one build, share it. */
export function readSession(): number {
  return readStat(6);
}

/** True if the keys of the terminal (^C, ^\) reach this process and its children. */
export function isInForeground(): boolean {
  return readStat(5) === readStat(8);
}

/** True if this process must leave the terminal alone; never without job control. */
export function isInBackground(): boolean {
  const foreground = readStat(8);
  return foreground > 0 && foreground !== readStat(5);
}

function readList(path: string): string[] {
  // Each entry ends with a NUL, so that the last piece is empty.
  return fromBytes(readFileSync(path)).split('\0').slice(0, -1);
}

function tryStat(path: string | Uint8Array): Stats | undefined {
  try {
    return statSync(path as Buffer);
  } catch {
    return undefined;
  }
}

/** A field of /proc/self/stat, counted from 1 as in proc(5). */
function readStat(field: number): number {
  const text = readFileSync('/proc/self/stat', 'latin1');
  // Field 2, the program's name in parentheses, may itself hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return Number(fields[field - 3]);
}
