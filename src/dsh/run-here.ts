/** Runs the command on this machine. Node cannot exec, so it is a child that has all that is ours. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Socket } from 'node:net';
import type { Outcome } from '../core/outcome.ts';
import type { Command, PlainCommand } from '../core/wire/command.ts';
import { encodeLockFile } from '../core/wire/lock-file.ts';
import { survivesNode } from '../node/plain-text.ts';
import { signalProcess, stopEscapees } from '../node/process-tree.ts';
import { systemReason } from '../node/system-reason.ts';
import { lowerOpenFiles } from './limits.ts';
import { passSignal } from './pass-signal.ts';

export interface LocalRun {
  signal(signal: NodeJS.Signals): void;
  readonly outcome: Promise<Outcome>;
}

/** `command` carries this process's own variables and directory. */
export function runHere(command: Command, noStdin: boolean): LocalRun {
  let child: ChildProcess | undefined;
  let isOverdue = false;
  lowerOpenFiles(command.limits);
  const outcome = new Promise<Outcome>((resolve) => {
    const onError = (error: Error): void => resolve(explainError(command, error));
    try {
      child = start(command, noStdin ? 'ignore' : 'inherit');
      child.on('error', onError);
      const cancel = limitTime(child, command.timeoutMs, () => {
        isOverdue = true;
      });
      child.on('exit', (status, signal) => {
        cancel();
        if (isOverdue) resolve({ verdict: 'timed-out' });
        else if (signal === null) resolve({ verdict: 'exited', status: status! });
        else resolve({ verdict: 'signalled', signal: constants.signals[signal] });
      });
    } catch (error) {
      onError(error as Error);
    }
  });
  return {
    outcome,
    signal: (signal) => passSignal(child, signal),
  };
}

/** From the SIGTERM at the time limit to SIGKILL, here as on a node. */
const TIMEOUT_GRACE_MS = 2000;

/** The result calls it off. */
function limitTime(child: ChildProcess, timeoutMs: number, onOverdue: () => void): () => void {
  if (timeoutMs === 0) return () => {};
  let timer = setTimeout(() => {
    onOverdue();
    child.kill('SIGTERM');
    // A stopped process takes no other signal before this one.
    child.kill('SIGCONT');
    timer = setTimeout(killTree, TIMEOUT_GRACE_MS, child);
  }, timeoutMs);
  return () => clearTimeout(timer);
}

/** A `sh -c` that ignores SIGTERM must not leave behind what it waits for. */
function killTree(child: ChildProcess): void {
  child.kill('SIGSTOP');
  const below = stopEscapees(new Set([child.pid!]));
  child.kill('SIGKILL');
  for (const each of below) signalProcess(each, 'SIGKILL');
}

/** What Node cannot pass goes through a shell that becomes the command. */
function start(command: PlainCommand, input: 'ignore' | 'inherit'): ChildProcess {
  if (survivesNode(command)) {
    const [program, ...words] = command.arguments.map((word) => Buffer.from(word).toString());
    return spawn(program!, words, { stdio: [input, 'inherit', 'inherit'] });
  }
  const child = spawn('/bin/sh', ['-c', 'eval "$(cat <&3)"; exec 3<&-; exec env -i -- "$@"'], {
    // In the C locale no shell takes two bytes for one character.
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    stdio: [input, 'inherit', 'inherit', 'pipe'],
  });
  const text = child.stdio[3] as Socket;
  text.on('error', () => {});
  text.end(encodeLockFile(command));
  return child;
}

function explainError(command: PlainCommand, error: NodeJS.ErrnoException): Outcome {
  const program = Buffer.from(command.arguments[0]!).toString();
  const reason = reasons.get(error.code) ?? 'not-executable';
  const text = reason === 'not-found' ? explainAbsence(program) : systemReason(error);
  return { verdict: 'not-started', reason, message: `${program}: ${text}` };
}

const reasons: ReadonlyMap<string | undefined, 'not-found' | 'spawn-failed'> = new Map([
  ['ENOENT', 'not-found'],
  // What Node says of an empty name.
  ['ERR_INVALID_ARG_VALUE', 'not-found'],
  ['EAGAIN', 'spawn-failed'],
  ['ENOMEM', 'spawn-failed'],
  ['EMFILE', 'spawn-failed'],
]);

/** In the words of the runner (`dshexec/program.ts`). */
function explainAbsence(program: string): string {
  if (!program.includes('/')) return 'command not found';
  return existsSync(program)
    ? 'cannot execute: required file not found'
    : 'No such file or directory';
}
