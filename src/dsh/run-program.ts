/** Runs a program that helps, in a directory that is always there, and takes a signal along. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Result } from '../core/result.ts';

/** Others end or stop this process as any. */
const passedOn = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const;

/** A signal has come meanwhile, and the program has ended. */
export class Interrupted extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

/** Its output, or why it failed: mostly the first line of its stderr. Throws `Interrupted`. */
export async function runProgram(
  [program, ...words]: readonly string[],
  input = '',
): Promise<Result<string>> {
  // In / and not here: the directory may be missing where dsh leads, which is no matter yet.
  const child = spawn(program!, words, { cwd: '/', env: { ...process.env, PWD: '/' } });
  let caught: NodeJS.Signals | undefined;
  function passOn(signal: NodeJS.Signals): void {
    caught = signal;
    child.kill(signal);
  }
  for (const signal of passedOn) process.on(signal, passOn);
  const ended = new Promise<number | string>((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? `${program} is not installed here` : error.message),
    );
    child.on('close', (status) => resolve(status ?? -1));
  });
  // It may end before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [output, errors, end] = await Promise.all([
    text(child.stdout).catch(() => ''),
    text(child.stderr).catch(() => ''),
    ended,
  ]);
  for (const signal of passedOn) process.off(signal, passOn);
  if (caught !== undefined) throw new Interrupted(caught);
  if (end === 0) return { ok: true, value: output };
  const [firstLine] = errors.split('\n').filter((line) => line.trim() !== '');
  const reason = typeof end === 'string' ? end : firstLine;
  return { ok: false, reason: reason ?? `${program} ended with ${end}` };
}
