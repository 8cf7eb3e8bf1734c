/** `dshctl jobs --all` and `kill NODE:JOB`: what was started on other machines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import type { CommandResult } from '../../lab/command.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { waitUntil } from '../../lab/wait.ts';
import { describeWith } from '../support/lab-requirements.ts';

describeWith(['openssh-server', 'openssh-client'], 'a job that was started elsewhere', () => {
  let lab: Lab;
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    lab = await startLoopbackLab({ hosts: 3 });
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => lab.close());

  function sh(text: string): Promise<CommandResult> {
    return lab.runFrom('h1', ['sh', '-c', text]);
  }

  /** Runs on h3 until it is killed. */
  async function startJob(from: string): Promise<{ job: number; ended: Promise<unknown> }> {
    const words = ['-H', 'h3', 'sleep', '600'];
    const child = spawn('dsh', words, { env: lab.environment(from), stdio: 'ignore' });
    children.push(child);
    let job: number | undefined;
    await waitUntil('the job to run', async () => {
      const { stdout } = await lab.runFrom(from, ['dshctl', 'jobs', '--json']);
      const { jobs } = JSON.parse(stdout) as {
        jobs: { job: number; startedSecondsAgo?: number }[];
      };
      job = jobs.find(({ startedSecondsAgo }) => startedSecondsAgo !== undefined)?.job;
      return job !== undefined;
    });
    return { job: job!, ended: once(child, 'exit') };
  }

  test('is listed with all, and ended over ssh', async () => {
    const here = await startJob('h1');
    const there = await startJob('h2');
    const { stdout } = await sh('dshctl jobs --all --json');
    expect((JSON.parse(stdout) as { jobs: unknown[] }).jobs).toMatchObject([
      { from: 'h1', job: here.job, node: 'h3', command: 'sleep 600' },
      { from: 'h2', job: there.job, node: 'h3', command: 'sleep 600' },
    ]);
    expect((await sh('dshctl jobs -a --node h3')).stdout).toMatch(
      new RegExp(`^from +job +user.*\\nh1 +${here.job} .*\\nh2 +${there.job} .*sleep 600\\n$`),
    );
    expect((await sh('dshctl jobs -a --node h2')).stdout).toBe('');
    const killed = await sh(`dshctl kill h2:${there.job} ${here.job}`);
    expect(killed).toMatchObject({ status: 0, stdout: '', stderr: '' });
    for (const { ended } of [here, there]) expect(await ended).toEqual([null, 'SIGTERM']);
  });

  test.each([
    ['DSH_RSH=false dshctl jobs --all', 1, /^dshctl: h2: it ended with status 1 there$/m],
    ['dshctl jobs --node h9', 2, /^dshctl: h9: no node of the cluster has that name$/m],
    ['dshctl kill h2:999999', 1, /^dshctl: job h2:999999: .*no such job/],
    ['dshctl kill h9:1', 2, /h9: no node of the cluster has that name/],
    ['dshctl kill h2:', 2, /expected a job's number/],
  ])('%s fails by %i, and says why', async (text, status, message) => {
    const result = await sh(text);
    expect(result).toMatchObject({ status, stdout: '' });
    expect(result.stderr).toMatch(message);
  });
});
