/** One attempt to run a command on one node over a remote shell with a lock file. */
import { isUtf8 } from 'node:buffer';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dshexecCommand } from '../core/dshexec-command.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Command } from '../core/wire/command.ts';
import { createLockFile, type LockFile } from './lock-file.ts';
import type { RunOptions } from './options.ts';
import { passSignal } from './pass-signal.ts';
import { quotePath } from './quote-path.ts';
import { catchSignals } from './signals.ts';

export interface ShellCall {
  readonly command: Command;
  readonly options: RunOptions;
  readonly destination: string;
  onStarted(): void;
}

export type ShellAttempt =
  | { readonly kind: 'ended'; readonly outcome: Outcome }
  /** Nothing ran, and another node may be tried. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Another client of an NFS server may see a file, or miss it, for as long as this. */
const FILE_DEADLINE_MS = 60_000;
/** From our call to the start of the command; a password may have to be typed. */
const START_DEADLINE_MS = 120_000;
/** From the lock file's end to that of the remote shell. */
const SHELL_DEADLINE_MS = 10_000;
const POLL_MS = 50;

export async function runOverShell(call: ShellCall): Promise<ShellAttempt> {
  const directory = Buffer.from(call.command.directory).toString();
  if (!isUtf8(call.command.directory)) {
    return notStarted(`${directory} is not UTF-8, which no remote command line carries`);
  }
  let lock: LockFile;
  try {
    const command = withTimeLimit(call.command);
    lock = createLockFile(directory, command, !tellsStatus(call.options.remoteShell[0]!));
  } catch (error) {
    return notStarted(`cannot make the lock file: ${(error as Error).message}`);
  }
  let shell: ChildProcess | undefined;
  const stopSignals = catchSignals((signal) => passSignal(shell, signal));
  try {
    shell = startShell(call, lock);
    return await follow(call, shell, lock);
  } finally {
    stopSignals();
    lock.remove();
  }
}

/** No runner is there to watch the time; timeout(1) of the node does, with the same exit status. */
function withTimeLimit(command: Command): Command {
  if (command.timeoutMs === 0) return command;
  const wrapper = ['timeout', '--foreground', '-k', '2', String(command.timeoutMs / 1000)];
  const words = wrapper.map((word) => Buffer.from(word));
  return { ...command, arguments: [...words, ...command.arguments] };
}

/** rsh ends with 0 whatever the command did. */
function tellsStatus(program: string): boolean {
  return basename(program) !== 'rsh';
}

function startShell({ options, destination }: ShellCall, lock: LockFile): ChildProcess {
  const [program, ...words] = options.remoteShell;
  if (basename(program!) === 'ssh' && options.terminal !== 'auto') {
    words.push(options.terminal === 'always' ? '-t' : '-T');
  }
  const runner = dshexecCommand(process.env['DSH_EXEC']);
  return spawn(program!, [...words, destination, `${runner} ${quotePath(lock.path)}`], {
    stdio: [options.noStdin ? 'ignore' : 'inherit', 'inherit', 'inherit'],
  });
}

interface ShellEnd {
  readonly status: number;
  readonly signal: NodeJS.Signals | null;
}

async function follow(call: ShellCall, shell: ChildProcess, lock: LockFile): Promise<ShellAttempt> {
  let end: ShellEnd | undefined;
  let failure: Error | undefined;
  const ended = once(shell, 'exit').then(
    ([status, signal]) => {
      end = { status, signal };
    },
    (error: Error) => {
      failure = error;
    },
  );
  let hasStarted = false;
  let deadlineMs = performance.now() + START_DEADLINE_MS;
  while (!end && !failure) {
    await Promise.race([ended, delay(POLL_MS)]);
    if (!hasStarted && lock.hasStarted()) {
      hasStarted = true;
      deadlineMs = Number.POSITIVE_INFINITY;
      call.onStarted();
    }
    // A process that the command left behind may hold the remote shell open.
    if (hasStarted && !lock.isThere()) {
      deadlineMs = Math.min(deadlineMs, performance.now() + SHELL_DEADLINE_MS);
    }
    if (performance.now() > deadlineMs) {
      shell.kill();
      return explainOverdue(call, lock, hasStarted);
    }
  }
  if (end) return judge(call, end, lock);
  return notStarted(`cannot start ${call.options.remoteShell[0]}: ${failure?.message}`);
}

function explainOverdue(call: ShellCall, lock: LockFile, hasStarted: boolean): ShellAttempt {
  const shellName = basename(call.options.remoteShell[0]!);
  if (hasStarted) {
    return lost(`${call.destination}: ${lock.path} is gone, but ${shellName} does not end`);
  }
  const seconds = START_DEADLINE_MS / 1000;
  const reason = `${call.destination}: dshexec did not take ${lock.path} within ${seconds} s`;
  return { kind: 'unreachable', reason };
}

async function judge(call: ShellCall, end: ShellEnd, lock: LockFile): Promise<ShellAttempt> {
  const { destination, options } = call;
  const shellName = basename(options.remoteShell[0]!);
  if (end.signal !== null) {
    const signal = constants.signals[end.signal];
    return { kind: 'ended', outcome: { verdict: 'signalled', signal } };
  }
  // Taken away first, so that a late dshexec cannot start what is then run elsewhere.
  if (!lock.hasStarted() && !lock.withdraw()) {
    const told = `${destination}: the command did not start (${shellName} ended with ${end.status})`;
    // 255 is ssh's own failure; dshexec's is 125, and what a shell says without dshexec is 127.
    if (end.status === 255 || !tellsStatus(options.remoteShell[0]!)) {
      return { kind: 'unreachable', reason: told };
    }
    return notStarted(`${told}; is dshexec installed there, and ${lock.path} shared?`);
  }
  if (!(await isGone(lock))) {
    return lost(`${destination}: ${lock.path} is still there after ${shellName} ended`);
  }
  lock.reread();
  if (tellsStatus(options.remoteShell[0]!)) return exited(end.status);
  const status = lock.readStatus();
  return status === undefined ? lost(`${destination}: no exit status came back`) : exited(status);
}

async function isGone(lock: LockFile): Promise<boolean> {
  const deadlineMs = performance.now() + FILE_DEADLINE_MS;
  while (lock.isThere()) {
    if (performance.now() > deadlineMs) return false;
    await delay(POLL_MS);
  }
  return true;
}

function exited(status: number): ShellAttempt {
  return { kind: 'ended', outcome: { verdict: 'exited', status } };
}

function lost(message: string): ShellAttempt {
  return { kind: 'ended', outcome: { verdict: 'lost', message } };
}

function notStarted(message: string): ShellAttempt {
  return { kind: 'ended', outcome: { verdict: 'not-started', reason: 'no-node', message } };
}
