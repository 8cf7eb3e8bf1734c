/** The options of the commands that go to other nodes by ssh. */
import { parseDurationMs } from '../core/quantity.ts';
import { splitWords } from '../core/split-words.ts';
import { exitStatuses, failure } from './command.ts';

export const shellOptions = [
  { name: 'rsh', short: 'e', value: 'SHELL', help: 'ssh, "ssh -p 2222" ($DSH_RSH, else ssh)' },
  { name: 'timeout', value: 'DURATION', help: 'how long a node may take: 30, 2m' },
] as const;

interface Values {
  readonly rsh: string | undefined;
  readonly timeout: string | undefined;
}

/** Without `rsh` as the environment says. */
export function readShell({ rsh }: Partial<Pick<Values, 'rsh'>>): readonly string[] {
  const text = rsh ?? (process.env['DSH_RSH'] || 'ssh');
  const words = splitWords(text);
  if (!words.ok) throw failure(`-e ${text}: ${words.reason}`, exitStatuses.misuse);
  return words.value;
}

export function readDeadlineMs({ timeout }: Values, usualMs = 30_000): number {
  const ms = timeout === undefined ? usualMs : parseDurationMs(timeout);
  if (ms) return ms;
  const expected = 'expected seconds such as 30, or 2m';
  throw failure(`--timeout ${timeout}: ${expected}`, exitStatuses.misuse);
}
