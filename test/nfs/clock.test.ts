/** Clocks that are apart mislead make: on NFS that of the file server, elsewhere those of nodes. */
import { expect, test } from 'vitest';
import type { CommandResult } from '../../lab/command.ts';
import { waitUntil } from '../../lab/wait.ts';
import { describeHosts } from './support/hosts.ts';

describeHosts('a clock that is wrong', ({ lab }) => {
  const run = (line: string): Promise<CommandResult> => lab().runFrom('h1', ['sh', '-c', line]);

  test('is told once in a session, and only if it stamps files', async () => {
    await run('date -s "+30 seconds"');
    const { status, stderr } = await run('dsh -H h2 touch a; dsh -H h2 touch b');
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^dsh: the clock of the file server is [23]\d\.\d s behind this one's, .*\n$/,
    );
    expect(await run('dsh -q -H h2 touch a')).toMatchObject({ status: 0, stderr: '' });

    const warning = /^dsh: the clock of h2 is [23]\d\.\d s behind this one's, .*\n$/;
    await waitUntil('a warning where nodes stamp', async () =>
      warning.test((await run('cd /; dsh -H h2 true')).stderr),
    );
    expect(await run('dsh -H h2 true')).toMatchObject({ status: 0, stderr: '' });
  });
});
