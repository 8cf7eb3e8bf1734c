/** A signal of ours for a child that shares our terminal. */
import type { ChildProcess } from 'node:child_process';
import { signalNumber, wasTyped } from './signals.ts';
import { stopAs } from './stop.ts';

export function passSignal(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (!wasTyped(signal)) child?.kill(signal);
  if (signal !== 'SIGTSTP') return;
  // Node does not tell when a child has stopped.
  stopAs(signalNumber(signal), false);
  child?.kill('SIGCONT');
}
