/**
 * Starts commands whose words, variables or directory Node's spawn cannot pass on
 * (`node/plain-text.ts`). A shell reads the command as text from descriptor 3 and becomes the
 * program through env(1), which calls execvp: the pid stays, the program sees the words as they were
 * typed, and neither Node's strings nor the limit of a single word (128 KiB) is in the way.
 * Rejected: octal escapes on the shell's own command line, which are four times as long and run into
 * that limit.
 */
import { isUtf8 } from 'node:buffer';
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { PlainCommand } from '../core/wire/command.ts';
import { encodeLockFile } from '../core/wire/lock-file.ts';
import { survivesNode } from '../node/plain-text.ts';
import type { CommandEnds } from './spawn.ts';

/** Whether the command survives Node's strings. */
export function isText(command: PlainCommand): boolean {
  return survivesNode(command) && isUtf8(command.directory);
}

/** `shell` is any POSIX shell; the umask is that of the caller. */
export function spawnExactly(
  command: PlainCommand,
  ends: CommandEnds,
  shell = '/bin/sh',
): ChildProcess {
  const child = spawn(shell, ['-c', SCRIPT], {
    cwd: '/',
    // In the C locale no shell takes two bytes for one character.
    env: { LC_ALL: 'C', PATH: process.env.PATH ?? '/usr/bin:/bin' },
    detached: true,
    stdio: [...ends, 'pipe'],
  });
  const text = child.stdio[3] as Socket | undefined;
  // The shell may be killed before it has read all; the verdict says so.
  text?.on('error', () => {});
  text?.end(encodeLockFile(command), () => text.destroy());
  return child;
}

const SCRIPT =
  'eval "$(cat <&3)"; exec 3<&-; cd -P -- "$dsh_directory" || exit 125; exec env -i -- "$@"';
