/** What bounds a remote shell that says too much, or does not let go of its output. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { cutOff, limitOutput } from '../../src/dshctl/limit-output.ts';

function runShell(text: string): ChildProcessWithoutNullStreams {
  return spawn('sh', ['-c', text], { stdio: 'pipe' });
}

test.each(['yes', 'yes >&2'])('a program that prints without end is killed: %s', async (text) => {
  const child = runShell(text);
  let excesses = 0;
  limitOutput(child, () => {
    excesses += 1;
  });
  await once(child, 'close');
  expect(excesses).toBe(1);
});

test('one that says what it has to say is not', async () => {
  const child = runShell('head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2');
  limitOutput(child, () => expect.unreachable());
  expect(await once(child, 'close')).toEqual([0, null]);
});

test('what is cut off is over, although a child of it holds its output', async () => {
  const child = runShell('sleep 1000 & echo $!; wait');
  const [piece] = (await once(child.stdout, 'data')) as [Buffer];
  cutOff(child);
  await once(child, 'close');
  process.kill(Number(piece.toString()), 'SIGKILL');
});
