/** A signal of ours for a child that shares our terminal. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { signalNumber, wasTyped } from './signals.ts';
import { stopAs } from './stop.ts';

export function passSignal(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (!wasTyped(signal)) child?.kill(signal);
  if (signal !== 'SIGTSTP') return;
  // Node does not tell when a child has stopped.
  stopAs(signalNumber(signal), false);
  if (child) wake(child);
}

const LOOK_AGAIN_MS = 10;

/**
 * SIGCONT takes away a stop that its receiver has not noticed yet. Where nothing could stop us, we
 * are here at once, and on a busy machine before the child has run.
 */
function wake(child: ChildProcess): void {
  if (isPending(child.pid, signalNumber('SIGTSTP'))) setTimeout(wake, LOOK_AGAIN_MS, child).unref();
  else child.kill('SIGCONT');
}

/** Whether a signal to the whole of process `pid` waits for it, by proc(5). */
function isPending(pid: number | undefined, signal: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const mask = BigInt(`0x${/^ShdPnd:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    return (mask & (1n << BigInt(signal - 1))) !== 0n;
  } catch {
    // It has ended.
    return false;
  }
}
