/** The command that `dshctl trace` watches: dshctl ends as it does, and passes on what signals it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { say } from './output.ts';

/**
 * Returns its exit status as a shell tells it: 128 and the signal of which it died, 127 if it is not
 * there, 126 if it cannot be run.
 */
export async function runTraced([program, ...words]: readonly string[]): Promise<number> {
  const child = spawn(program!, words, { stdio: 'inherit' });
  const passOn = (signal: NodeJS.Signals): void => {
    // From a terminal those reach the command by themselves.
    const isKey = signal === 'SIGINT' || signal === 'SIGQUIT';
    if (!isKey || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of forwarded) process.on(signal, passOn);
  try {
    const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return status ?? 128 + constants.signals[signal!];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT';
    if (isMissing) say(`${program}: no such command`);
    else say(`${program}: it cannot be run: ${code}`);
    return isMissing ? 127 : 126;
  } finally {
    for (const signal of forwarded) process.off(signal, passOn);
  }
}

const forwarded: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'];
