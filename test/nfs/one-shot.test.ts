/** The handshake by lock file, which the original had, on the file system that it was made for. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../lab/command.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeHosts } from './support/hosts.ts';

/** Each starts Node.js and an ssh: three seconds in these kernels. */
const STEPS = 12;
const support = join(projectDirectory, 'test/nfs/support');

describeHosts('the one-shot path', ({ lab, read }) => {
  test('finds what the steps before have written', async () => {
    const step = join(lab().directory, 'step');
    const compiled = await runCommand(['gcc', '-O2', '-static', '-o', step, `${support}/step.c`]);
    expect(compiled).toMatchObject({ status: 0, stderr: '' });
    const line = await read(`${support}/steps ${STEPS} ${step} h2 h3`, {
      DSH_STEP_OPTIONS: '--one-shot',
    });
    console.log(`one-shot: ${line}`);
    expect(line).toBe(`steps ${STEPS} missing 0 stale 0 other 0`);
  });

  test('sees a new file in a directory that the words name', async () => {
    const script = `
      mkdir -p d/e; dsh --one-shot -H h2 stat d/e/a >/dev/null 2>&1; stat d/e/a >/dev/null 2>&1
      dsh --one-shot -H h3 cp /etc/hostname d/e/a
      stat -c %n d/e/a; dsh --one-shot -H h2 stat -c %n d/e/a`;
    expect(await read(script)).toBe('d/e/a\nd/e/a');
  });
});
