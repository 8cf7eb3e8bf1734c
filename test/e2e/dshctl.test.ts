/** dshctl as its user meets it, in a cluster with real daemons, ssh and jobs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import type { CommandResult } from '../../lab/command.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { waitUntil } from '../../lab/wait.ts';
import type { NodeView } from '../../src/core/wire/control.ts';
import type { JobReport } from '../../src/core/wire/control-report.ts';
import { describeWith } from '../support/lab-requirements.ts';

let lab: Lab;
let directory: string;
const user = userInfo().username;

function sh(text: string, environment: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return lab.runFrom('h1', ['sh', '-c', text], { directory, environment });
}

async function json<T>(text: string): Promise<T> {
  const { stdout, stderr } = await sh(text);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as T;
}

async function listJobs(command: 'jobs' | 'log'): Promise<readonly JobReport[]> {
  return (await json<{ readonly jobs: JobReport[] }>(`dshctl ${command} --json`)).jobs;
}

/** Of the test under way; one that fails must leave none. */
const started: ChildProcess[] = [];

interface RunningJob {
  readonly job: JobReport;
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
}

/** Starts `dsh WORDS`, and waits until it is in the list. */
async function runJob(words: readonly string[]): Promise<RunningJob> {
  const child = spawn('dsh', words, {
    cwd: directory,
    env: lab.environment('h1'),
    stdio: 'ignore',
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  started.push(child);
  let job: JobReport | undefined;
  await waitUntil('the job to run', async () => {
    const jobs = await listJobs('jobs');
    job = jobs.find(
      ({ callerPid, startedSecondsAgo }) =>
        callerPid === child.pid && startedSecondsAgo !== undefined,
    );
    return job !== undefined;
  });
  return { job: job!, ended };
}

/** One line of its own, and its exit status. */
async function expectFailure(text: string, status: number, message: RegExp): Promise<void> {
  const result = await sh(text);
  expect(result).toMatchObject({ status, stdout: '' });
  expect(result.stderr).toMatch(/^dshctl: [^\n]*\n$/);
  expect(result.stderr).toMatch(message);
}

describeWith(['openssh-server', 'openssh-client'], 'dshctl', () => {
  beforeAll(async () => {
    lab = await startLoopbackLab({ hosts: 3 });
  });
  afterAll(() => lab.close());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dsh-ctl-'));
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  test('status shows each node, in order, without colours where no terminal is', async () => {
    const { stdout } = await sh('dshctl status');
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(
      /^node +state +load +cpus +free +jobs +age +skew +cost +version +note$/,
    );
    expect(lines.slice(1, 4).map((line) => line.split(/ +/, 2))).toEqual([
      ['h1*', 'ok'],
      ['h2', 'ok'],
      ['h3', 'ok'],
    ]);
    expect(lines[4]).toMatch(
      /^3 of 3 nodes usable, load [\d.]+ on \d+ cpus, [\d.]+G free, 0 jobs$/,
    );
    const { nodes } = await json<{ nodes: NodeView[] }>('dshctl status --json --sort cost');
    const costs = nodes.map(({ cost }) => cost!);
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
    await expectFailure('dshctl status --sort size', 2, /--sort size: expected one of name, load/);
  });

  test('best names a node, and says why there is none', async () => {
    expect((await sh('dshctl best -x h1,h2')).stdout).toBe('h3\n');
    expect(await json('dshctl best -H h2 --json')).toMatchObject({ name: 'h2', destination: 'h2' });
    await expectFailure('dshctl best -H h9', 1, /h9: no node of the cluster has that name/);
    await expectFailure('dshctl best --mem much', 2, /--mem much/);
    await expectFailure('dshctl best -x ""', 2, /expected names of nodes/);
  });

  describe('a job', () => {
    test.each([
      ['on another node', ['-H', 'h2', 'sleep', '600'], 'h2'],
      ['here, where it takes the place of its dsh', ['-H', 'h1', 'sleep', '600'], 'h1'],
      ['here, as a child of its dsh', ['--timeout', '500', '-H', 'h1', 'sleep', '600'], 'h1'],
    ])('%s is listed, explained, ended, and remembered', async (_title, words, node) => {
      const { job, ended } = await runJob(words);
      expect(job).toMatchObject({ node, user, command: 'sleep 600', cpus: 1 });
      expect((await sh(`dshctl jobs --node ${node} -u ${user}`)).stdout).toMatch(
        new RegExp(`^ *${job.job}  ${user} +${node} .* sleep 600$`, 'm'),
      );
      const why = await sh(`dshctl explain ${job.job}`);
      expect(why.stdout).toMatch(
        new RegExp(`^job ${job.job}: ${node}, chosen .* by policy fresh$`, 'm'),
      );
      expect(why.stdout).toMatch(new RegExp(`^wanted: only ${node}$`, 'm'));
      expect(await sh(`dshctl kill ${job.job}`)).toMatchObject({
        status: 0,
        stdout: '',
        stderr: '',
      });
      expect(await ended).toEqual([null, 'SIGTERM']);
      await waitUntil('it to have ended', async () => (await listJobs('jobs')).length === 0);
      const after = (await listJobs('log')).find((each) => each.job === job.job);
      expect(after).toHaveProperty('endedSecondsAgo');
      await expectFailure(`dshctl kill ${job.job}`, 1, /^dshctl: job \d+: it has ended\n$/);
    });

    test('that takes no signal but SIGKILL is ended by that, with all below it', async () => {
      const script = `trap "" TERM; sh -c 'trap "" TERM; sleep 601; :' & wait; wait`;
      for (const node of ['h1', 'h2']) {
        const { job, ended } = await runJob(['-H', node, 'sh', '-c', script]);
        expect(await sh(`dshctl kill -s KILL ${job.job}`)).toMatchObject({ status: 0 });
        expect(await ended).toEqual([null, 'SIGKILL']);
        await waitUntil('nothing of it to be left', async () => {
          const left = await sh('pgrep -f "[s]leep 601"');
          return left.stdout === '';
        });
      }
    });

    test('is in the log with its outcome', async () => {
      await sh('dsh -H h2 sh -c "exit 3"; dsh -H h2 sh -c "kill -9 \\$\\$"; dsh -H h2 /no/such');
      const jobs = (await listJobs('log')).slice(-3);
      expect(jobs.map(({ outcome }) => outcome)).toEqual(['3', 'SIGKILL', 'not started']);
      const { stdout } = await sh('dshctl log -n 3');
      expect(stdout).toMatch(/^when +job +user +node +took +outcome +command\n/);
      expect(stdout).toMatch(
        /^\d\d:\d\d:\d\d +\d+ +\S+ +h2 +[\d.]+s +SIGKILL +sh -c kill -9 \$\$$/m,
      );
      expect(stdout.trimEnd().split('\n')).toHaveLength(4);
    });

    test('that ends is followed by the log', async () => {
      const follower = spawn('dshctl', ['log', '-n', '0', '--follow', '--json'], {
        env: lab.environment('h1'),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const line = once(follower.stdout, 'data');
      await sh('sleep 0.5; dsh -H h3 sh -c "exit 9"');
      expect(JSON.parse(String((await line)[0]))).toMatchObject({ node: 'h3', outcome: '9' });
      follower.kill();
      await once(follower, 'exit');
    });

    test.each(['1x', '-1'])('is named by a number, not %s', async (word) => {
      await expectFailure(`dshctl kill -- ${word}`, 2, /expected a job's number/);
      await expectFailure(`dshctl explain -- ${word}`, 2, /expected a job's number/);
    });

    test('that nobody knows is an error', async () => {
      await expectFailure('dshctl kill 999999', 1, /knows no such job/);
      await expectFailure('dshctl explain 999999', 1, /not among the last 256/);
      await expectFailure('dshctl kill -s LOUD 1', 2, /expected a signal/);
    });
  });

  test('explain says why a node was not chosen, or would not be now', async () => {
    await sh('dsh -x h2 -H h2,h3 true');
    const { job } = (await listJobs('log')).at(-1)!;
    for (const [node, reason] of [
      ['h1', 'not named by -H'],
      ['h2', 'excluded by -x'],
    ])
      expect((await sh(`dshctl explain --why-not ${node} ${job}`)).stdout).toBe(
        `${node} could not be chosen for job ${job}: ${reason}\n`,
      );
    expect((await sh('dshctl explain')).stdout).toMatch(
      /1 of the 2 nodes looked at .*excluded by -x \(h2\)/,
    );
    expect((await sh('dshctl explain --why-not h3')).stdout).toMatch(
      /^h3 is (the best|[1-3] of 3)/,
    );
    await expectFailure('dshctl explain --why-not h9', 2, /h9: no node of the cluster/);
  });

  test('drain leaves a node alone, this one and another over ssh', async () => {
    for (const node of ['h1', 'h2']) {
      expect((await sh(`dshctl drain ${node}`)).stdout).toMatch(`${node}: draining: new commands`);
      await waitUntil('it to be known', async () => {
        const { nodes } = await json<{ nodes: NodeView[] }>('dshctl status --json');
        return nodes.some(({ name, state }) => name === node && state === 'draining');
      });
      expect((await sh('dshctl hosts')).stdout).not.toContain(node);
      expect((await sh(`dshctl undrain ${node}`)).stdout).toBe(`${node}: in use again\n`);
    }
    await expectFailure('dshctl drain h9', 2, /h9: no node of the cluster has that name/);
    const broken = await sh('DSH_RSH=false dshctl drain h2');
    expect(broken).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/log in there as root/),
    });
  });

  test('ping measures the daemon here, and another node', async () => {
    expect((await sh('dshctl ping -c 3')).stdout).toMatch(
      /^dshd here: 3 answers: median [\d.]+ ms/,
    );
    const answers = await json<{ answersMs: number[]; missed: number }>(
      'dshctl ping -c 4 --json h2',
    );
    expect(answers).toMatchObject({ missed: 0 });
    expect(answers.answersMs).toHaveLength(4);
    await expectFailure('dshctl ping h1', 2, /h1: it is this node/);
    await expectFailure('dshctl ping h9', 2, /^dshctl: h9: no node of the cluster has that name/);
    expect((await listJobs('log')).filter(({ command }) => /ping/.test(command))).toEqual([]);
  });

  test.each([
    ['dshctl dance', 2, /'dance' is no command of dshctl; see dshctl --help/],
    ['dshctl status h1', 2, /'h1' is too much/],
    ['dshctl kill', 2, /expected JOB\.\.\.; see dshctl kill --help/],
    ['dshctl jobs --bogus', 2, /unknown option --bogus; see dshctl jobs --help/],
    ['dshctl hosts --format csv', 2, /expected one of plain, names, sshlogin/],
    ['dshctl completion tcsh', 2, /expected bash, zsh or fish/],
    ['DSH_SOCKET=/nowhere dshctl status', 3, /no dshd answers at \/nowhere/],
  ] as const)('%s ends with %i and one line', (text, status, message) =>
    expectFailure(text, status, message),
  );

  test('a reader that has seen enough is no error', async () => {
    expect(await sh('dshctl status | head -1 | wc -l')).toMatchObject({
      stdout: '1\n',
      stderr: '',
    });
  });
});
