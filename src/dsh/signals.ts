/**
 * What dsh does with each signal that it can catch. One table: a signal not in it is left alone.
 *
 * A signal that the caller had ignored (`nohup dsh`, `trap '' INT`, `&` in a shell without job
 * control) is not ignored any more: Node sets all dispositions back when it starts, and nobody can
 * tell afterwards what they were. `dsh nohup COMMAND` has the command itself ignore it.
 */
import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { isInForeground } from './caller.ts';

type Policy =
  /** The command gets it. */
  | 'forward'
  /** As `forward`; but the terminal's keys send it to a command that runs here by themselves. */
  | 'forward-unless-typed';

export const signalPolicies: { readonly [S in NodeJS.Signals]?: Policy } = {
  SIGHUP: 'forward',
  SIGINT: 'forward-unless-typed',
  SIGQUIT: 'forward-unless-typed',
  // Once the command has stopped, so does dsh.
  SIGTSTP: 'forward-unless-typed',
  SIGCONT: 'forward',
  SIGTERM: 'forward',
  SIGUSR1: 'forward',
  SIGUSR2: 'forward',
  SIGALRM: 'forward',
  SIGVTALRM: 'forward',
  SIGPROF: 'forward',
  SIGXCPU: 'forward',
  SIGXFSZ: 'forward',
  SIGIO: 'forward',
  SIGPWR: 'forward',
  SIGSTKFLT: 'forward',
  SIGABRT: 'forward',
  SIGTRAP: 'forward',
  SIGSYS: 'forward',
  // Left alone: SIGCHLD and SIGURG, which a command ignores unless it asks for them; SIGWINCH, which
  // is about a terminal and travels as its size; SIGPIPE, which Node ignores and streams report;
  // SIGSEGV, SIGBUS, SIGFPE and SIGILL, whose handlers would hide an error of our own; SIGTTIN and
  // SIGTTOU, which stop this process as any other.
};

/** The number of `signal` on this machine, which is also the one in frames. */
export function signalNumber(signal: NodeJS.Signals): number {
  return constants.signals[signal];
}

/**
 * True if the terminal has sent `signal` to a child of ours as well. Node does not tell who sent a
 * signal; that keys are the cause is likely in the foreground, and twice would be wrong.
 */
export function wasTyped(signal: NodeJS.Signals): boolean {
  return signalPolicies[signal] === 'forward-unless-typed' && isInForeground();
}

/** Calls `onSignal` for each signal that the command is to get, until the result is called. */
export function catchSignals(onSignal: (signal: NodeJS.Signals) => void): () => void {
  const signals = Object.keys(signalPolicies) as NodeJS.Signals[];
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}

/**
 * Ends this process as the command ended, so that a shell sees the same. Where the signal does not
 * end a process, the exit status is what a shell shows for it.
 */
export function dieBySignal(signal: number): never {
  if (coreSignals.has(signal)) {
    // The core would be Node's, not the command's. A limit of 1 byte also keeps it from a handler
    // that core_pattern names, which a limit of 0 does not.
    spawnSync('prlimit', ['--pid', String(process.pid), '--core=1:'], { stdio: 'ignore' });
  }
  resetDisposition(signal);
  try {
    process.kill(process.pid, signal);
  } catch {
    // Not a signal of this system.
  }
  process.exit(128 + signal);
}

const coreSignals: ReadonlySet<number> = new Set(
  (
    [
      'SIGQUIT',
      'SIGILL',
      'SIGTRAP',
      'SIGABRT',
      'SIGBUS',
      'SIGFPE',
      'SIGSEGV',
      'SIGXCPU',
      'SIGXFSZ',
      'SIGSYS',
    ] as const
  ).map(signalNumber),
);

/** Node ignores or handles some signals itself; the last listener that goes restores the default. */
function resetDisposition(signal: number): void {
  const name = (Object.keys(constants.signals) as NodeJS.Signals[]).find(
    (candidate) => signalNumber(candidate) === signal,
  );
  if (!name || name === 'SIGKILL' || name === 'SIGSTOP') return;
  process.removeAllListeners(name);
  process.on(name, () => {});
  process.removeAllListeners(name);
}
