/** The process of one remote shell, from its start to the line that says why it ended. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createPreambleScanner } from './preamble.ts';
import { type ChannelTarget, remoteShellWords } from './remote-shell.ts';
import { createTail } from './tail.ts';

export interface RunnerProcess {
  /** Resolves when the preamble has been read; `input` is paused then and holds frames. */
  readonly preamble: Promise<void>;
  readonly input: Readable;
  readonly output: Writable;
  /** Resolves when the process is gone, with one line that says why. */
  readonly ended: Promise<string>;
  /** Closes its input and, should it then not end by itself, kills it. */
  stop(reason: string): void;
}

/** From the closing of a remote shell's input to its SIGKILL; ssh ends in a round trip. */
const STOP_GRACE_MS = 500;
/** How long stderr is awaited after the exit: some other process may hold it open. */
const STDERR_GRACE_MS = 200;

/** Rejects when the program cannot be started. */
export async function startRunner(target: ChannelTarget): Promise<RunnerProcess> {
  const words = remoteShellWords(target);
  const child = await spawnShell(words, target.environment);
  const stderr = createTail();
  const scanner = createPreambleScanner();
  let stopReason: string | undefined;

  function stop(reason: string): void {
    if (stopReason !== undefined) return;
    stopReason = reason;
    child.stdin.destroy();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    child.once('exit', () => clearTimeout(timer));
  }

  function describeEnd(exit: string): string {
    const detail = stderr.lastLine() || scanner.lastLine() || `${words[0]} ${exit}`;
    return stopReason === undefined ? detail : `${stopReason} (${detail})`;
  }

  child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
  // A write to a shell that is just ending fails with EPIPE; its end is reported by `ended`.
  child.stdin.on('error', () => {});

  const preamble = new Promise<void>((resolve) => {
    child.stdout.on('data', function scan(piece: Buffer): void {
      const rest = scanner.push(piece);
      if (rest) {
        child.stdout.off('data', scan);
        child.stdout.pause();
        if (rest.length > 0) child.stdout.unshift(rest);
        resolve();
      } else if (scanner.isHopeless()) {
        stop('what answers there is not dshexec: it printed something else first');
      }
    });
  });
  const ended = awaitEnd(child).then(describeEnd);
  return { preamble, input: child.stdout, output: child.stdin, ended, stop };
}

function spawnShell(
  [program, ...words]: [string, ...string[]],
  environment: NodeJS.ProcessEnv,
): Promise<ChildProcessWithoutNullStreams> {
  return new Promise((resolve, reject) => {
    // Without file descriptors left there are no pipes either, so they are touched after `spawn`.
    const child = spawn(program, words, { env: environment, stdio: 'pipe' });
    child.once('spawn', () => resolve(child));
    child.once('error', (error) => reject(new Error(`cannot run ${program}: ${error.message}`)));
  });
}

/** Resolves when the process has ended and said its last word. */
function awaitEnd(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (status, signal) => {
      const how = signal === null ? `ended with status ${status}` : `was killed by ${signal}`;
      const timer = setTimeout(resolve, STDERR_GRACE_MS, how);
      child.once('close', () => {
        clearTimeout(timer);
        resolve(how);
      });
    });
  });
}
