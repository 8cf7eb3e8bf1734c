/** Runs the command on this machine. Node cannot exec, so it is a child that has all that is ours. */
import { isUtf8 } from 'node:buffer';
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Socket } from 'node:net';
import type { Outcome } from '../core/outcome.ts';
import type { PlainCommand } from '../core/wire/command.ts';
import { encodeLockFile } from '../core/wire/lock-file.ts';
import { wasTyped } from './signals.ts';

export interface LocalRun {
  signal(signal: NodeJS.Signals): void;
  readonly outcome: Promise<Outcome>;
}

/** `command` carries this process's own variables and directory. */
export function runHere(command: PlainCommand, noStdin: boolean): LocalRun {
  let child: ChildProcess | undefined;
  const outcome = new Promise<Outcome>((resolve) => {
    const onError = (error: Error): void => resolve(explainError(command, error));
    try {
      child = start(command, noStdin ? 'ignore' : 'inherit');
      child.on('error', onError);
      child.on('exit', (status, signal) => {
        resolve(
          signal === null
            ? { verdict: 'exited', status: status! }
            : { verdict: 'signalled', signal: constants.signals[signal] },
        );
      });
    } catch (error) {
      onError(error as Error);
    }
  });
  return {
    outcome,
    signal(signal) {
      if (!wasTyped(signal)) child?.kill(signal);
    },
  };
}

/** Node passes text only; other bytes go through a shell that becomes the command. */
function start(command: PlainCommand, input: 'ignore' | 'inherit'): ChildProcess {
  if (command.arguments.every(isUtf8) && command.variables.every(isUtf8)) {
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
  const text = reason === 'not-found' ? 'command not found' : error.message;
  return { verdict: 'not-started', reason, message: `${program}: ${text}` };
}

const reasons: ReadonlyMap<string | undefined, 'not-found' | 'spawn-failed'> = new Map([
  ['ENOENT', 'not-found'],
  ['EAGAIN', 'spawn-failed'],
  ['ENOMEM', 'spawn-failed'],
  ['EMFILE', 'spawn-failed'],
]);
