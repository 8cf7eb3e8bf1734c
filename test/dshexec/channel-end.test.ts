import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../support/build-program.ts';
import { createLifeline } from '../support/lifeline.ts';
import { startRunner, type TestRunner, toBytes } from '../support/runner.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();
let program: string;

beforeAll(async () => {
  program = await buildProgram('dshexec', folder);
});

describe('the end of the channel', () => {
  const ends: readonly [string, (own: TestRunner) => void][] = [
    ['closed by the agent', (own) => own.link.end()],
    ['cut', (own) => own.link.destroy()],
    ['SIGTERM', (own) => process.kill(own.pid, 'SIGTERM')],
    ['SIGHUP', (own) => process.kill(own.pid, 'SIGHUP')],
  ];

  it.each(ends)('%s: every process is killed, none may clean up', async (name, endChannel) => {
    const own = await startRunner(program);
    const lifeline = createLifeline(folder);
    const file = join(folder, `${name}.o`);
    writeFileSync(file, '');
    const text = `trap 'rm "$0"' TERM EXIT; sleep 1000 >${lifeline.path} & wait`;
    own.start({ arguments: toBytes('sh', '-c', text, file) });
    own.start({ arguments: toBytes('sh', '-c', `trap '' TERM; sleep 1000 >${lifeline.path}`) });
    await lifeline.opened;
    endChannel(own);
    expect(await own.ended).toEqual({ status: 0, stderr: '' });
    await lifeline.closed;
    expect(existsSync(file)).toBe(true);
  });

  it('does not wait for an abandoned command', async () => {
    const own = await startRunner(program);
    const lifeline = createLifeline(folder);
    const job = own.start({
      arguments: toBytes('sh', '-c', `trap '' TERM; exec sleep 1000 >${lifeline.path}`),
    });
    await lifeline.opened;
    job.send({ type: 'abandon' });
    own.link.end();
    expect(await own.ended).toEqual({ status: 0, stderr: '' });
    await lifeline.closed;
  });
});
