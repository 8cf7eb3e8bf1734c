/** Messages of the daemon: a line each, to stderr or to a file. */
import { appendFileSync } from 'node:fs';
import { describeError } from './setup-error.ts';

export type Log = (message: string) => void;

/** Writes at once: what a daemon says before it ends must not be lost. Throws if it cannot. */
export function openLog(path: string | undefined): Log {
  if (path === undefined) return (message) => void process.stderr.write(`dshd: ${message}\n`);
  try {
    appendFileSync(path, '');
  } catch (error) {
    const reason = `cannot write log file ${path}: ${describeError(error)}: see --log`;
    throw new Error(reason, { cause: error });
  }
  return (message) => {
    try {
      appendFileSync(path, `${new Date().toISOString()} dshd[${process.pid}]: ${message}\n`);
    } catch {
      // A full disk must not end the daemon; there is nobody left to tell.
    }
  };
}
