/** Runs `bin/dshexec` by each shell that may be /bin/sh. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { createTemporaryFolder } from './temporary-folder.ts';

export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Shell {
  start(words: readonly string[], options?: SpawnOptions): ChildProcess;
  run(words: readonly string[], options?: SpawnOptions): Promise<Result>;
}

/** A copy, since an unprivileged user may not reach the folder of the sources. */
const script = join(createTemporaryFolder(), 'dshexec');
copyFileSync(resolve('bin/dshexec'), script);

export const shells: readonly (readonly [string, Shell])[] = [
  createShell('dash'),
  createShell('dash', '-eu'),
  createShell('bash', '--posix'),
  createShell('bash', '-eu'),
];

/** A lock in a directory of its own, renamed into place as dsh does. */
export function createLock(folder: string, content: string | Uint8Array = ''): string {
  const lock = join(mkdtempSync(join(folder, 'lock-')), 'LOCK');
  writeFileSync(`${lock}.new`, content, { mode: 0o600 });
  renameSync(`${lock}.new`, lock);
  return lock;
}

export async function resultOf(child: ChildProcess, input = ''): Promise<Result> {
  // Who refuses to run does not read.
  child.stdin!.on('error', () => {});
  child.stdin!.end(input);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close'),
  ]);
  return { status, stdout, stderr };
}

function createShell(...words: readonly [string, ...string[]]): readonly [string, Shell] {
  const [program, ...flags] = words;
  const start: Shell['start'] = (rest, options = {}) =>
    spawn(program, [...flags, script, ...rest], options);
  return [words.join(' '), { start, run: (rest, options) => resultOf(start(rest, options)) }];
}
