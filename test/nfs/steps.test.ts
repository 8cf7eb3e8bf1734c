/** A thousand steps on two nodes in turn, each of which needs what the one before it has written. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand } from '../../lab/command.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeHosts } from './support/hosts.ts';

/** DSH_NFS_STEPS=20: for a look at it. */
const steps = Number(process.env['DSH_NFS_STEPS'] || 1000);
const support = join(projectDirectory, 'test/nfs/support');

describeHosts('steps that depend on each other', ({ lab, read }) => {
  async function takeSteps(coherence: 'auto' | 'off'): Promise<string> {
    const step = join(lab().directory, 'step');
    const compiled = await runCommand(['gcc', '-O2', '-static', '-o', step, `${support}/step.c`]);
    expect(compiled).toMatchObject({ status: 0, stderr: '' });
    const line = await read(`${support}/steps ${steps} ${step} h2 h3`, {
      DSH_COHERENCE: coherence,
    });
    console.log(`coherence ${coherence}: ${line}`);
    return line;
  }

  test('find everything', async () => {
    expect(await takeSteps('auto')).toBe(`steps ${steps} missing 0 stale 0 other 0`);
  });

  test('miss most of it when nobody looks after files', async () => {
    const [, missing, stale] = /missing (\d+) stale (\d+) other 0/.exec(await takeSteps('off'))!;
    expect(Number(missing)).toBeGreaterThan(steps / 2);
    expect(Number(stale)).toBeGreaterThan(0);
  });
});
