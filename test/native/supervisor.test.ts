/** What the native runner leaves of a job: nothing that it should not, all that it should. */
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../../lab/wait.ts';
import type { Command } from '../../src/core/wire/command.ts';
import { STREAM_WINDOW_BYTES } from '../../src/core/wire/frame.ts';
import { createLifeline } from '../support/lifeline.ts';
import { startRunner, type TestJob, type TestRunner, toBytes } from '../support/runner.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { isAlive, parentOf } from './processes.ts';
import { nativeProgram } from './program.ts';

const { SIGKILL, SIGTERM, SIGSTOP, SIGCONT, SIGTSTP } = constants.signals;
const folder = createTemporaryFolder();
const hop = join(folder, 'hop');

beforeAll(() => {
  // Each process starts the next, in a session of its own, and is gone; it would end after 20,000 of them.
  const text = '#!/bin/sh\n[ $1 -gt 20000 ] || setsid "$0" $(($1 + 1)) &\n';
  writeFileSync(hop, text, { mode: 0o755 });
});

function runShell(runner: TestRunner, text: string, changes: Partial<Command> = {}): TestJob {
  return runner.start({ arguments: toBytes('bash', '-c', text, hop), ...changes });
}

/** Commands that say `ready` on descriptor 1 and hold a lifeline open as descriptor 3. */
const inSession: readonly [string, string][] = [
  ['a single process', 'echo ready; exec sleep 1000'],
  ['processes in the background', 'sleep 1000 & sleep 1000 & echo ready; wait'],
  ['a job of a shell with job control', 'set -m; sleep 1000 & echo ready; wait'],
  ['one that ignores signals', `trap '' TERM HUP INT; echo ready; while :; do sleep 1; done`],
  ['a stopped tree', 'sleep 1000 & kill -STOP $!; echo ready; kill -STOP $$'],
];
const escaped: readonly [string, string][] = [
  ['a process in a session of its own', `setsid sh -c 'echo ready; exec sleep 1000' & wait`],
  [
    'a daemon that was forked twice',
    `(setsid sh -c '(echo ready; exec sleep 1000) & exit' &); exec sleep 1000`,
  ],
  [
    'fifty sessions',
    'for i in $(seq 50); do setsid sleep 1000 & done; echo ready; exec sleep 1000',
  ],
  ['five that fork on and on', 'for i in 1 2 3 4 5; do "$0" 0 & done; echo ready; exec sleep 1000'],
];

type End = (runner: TestRunner, job: TestJob, pid: number) => void;
const ends: readonly [string, readonly (readonly [string, string])[], End][] = [
  ['the agent is gone', [...inSession, ...escaped], (runner) => runner.link.destroy()],
  [
    'the runner is killed',
    [...inSession, ...escaped],
    (runner) => process.kill(runner.pid, SIGKILL),
  ],
  ['it is abandoned', [...inSession, ...escaped], (_, job) => job.send({ type: 'abandon' })],
  [
    'its supervisor is killed',
    inSession,
    (_runner, _job, pid) => process.kill(parentOf(pid), SIGKILL),
  ],
];

describe.runIf(nativeProgram !== undefined)('nothing is left of a job', () => {
  describe.each(ends)('when %s', (_, commands, endJob) => {
    it.each(commands)('that is %s', async (__, text) => {
      const runner = await startRunner(nativeProgram!);
      const lifeline = createLifeline(folder);
      const job = runShell(runner, `exec 3>${lifeline.path}; ${text}`);
      await job.said(1, 'ready');
      const { pid } = await job.frame('started');
      const supervisor = parentOf(pid);
      endJob(runner, job, pid);
      await lifeline.closed;
      await waitUntil('the supervisor to leave', () => !isAlive(supervisor));
      runner.link.destroy();
      await runner.ended;
    });
  });

  it('when its end waits for credit that the agent cannot give any more', async () => {
    const runner = await startRunner(nativeProgram!);
    const lifeline = createLifeline(folder);
    // What is more than the window fits in the pipe.
    const bytes = STREAM_WINDOW_BYTES + 40_000;
    const text = `setsid sleep 1000 3>${lifeline.path} & head -c ${bytes} /dev/zero & wait $!`;
    const words = toBytes('bash', '-c', text);
    const job = runner.start({ arguments: words }, { withoutCredit: true });
    await lifeline.opened;
    const { pid } = await job.frame('started');
    await waitUntil('the command to end', () => !isAlive(pid));
    job.send({ type: 'abandon' });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    await lifeline.closed;
    runner.link.destroy();
  });
});

describe.runIf(nativeProgram !== undefined)('a job', () => {
  let runner: TestRunner;
  beforeAll(async () => {
    runner = await startRunner(nativeProgram!);
    return () => runner.link.destroy();
  });

  it('whose supervisor is killed is lost, and its neighbour is not', async () => {
    const neighbour = runner.start({ arguments: toBytes('cat') });
    const job = runShell(runner, 'echo ready; exec sleep 1000');
    await job.said(1, 'ready');
    const { pid } = await job.frame('started');
    process.kill(parentOf(pid), SIGKILL);
    expect(await job.end()).toEqual({
      type: 'lost',
      pid,
      message: `the supervisor of process ${pid} was killed, and the process with it`,
    });
    neighbour.send({ type: 'eof', stream: 0 });
    expect(await neighbour.end()).toEqual({ type: 'exited', status: 0 });
  });

  it('that kills its supervisor at once, before anybody has heard that it started, is lost', async () => {
    const jobs = Array.from({ length: 20 }, () =>
      runShell(runner, 'echo x; kill -KILL $PPID; sleep 9'),
    );
    const types = await Promise.all(jobs.map(async (job) => (await job.end()).type));
    expect(new Set(types)).toEqual(new Set(['lost']));
  });

  it('ends what it has left behind, by SIGTERM first, and does not wait for that', async () => {
    const lifeline = createLifeline(folder);
    const leftover = `trap "echo asked >&3; exit" TERM; echo ready; while :; do sleep 0.01; done`;
    // bash tells on its stderr, which nobody reads by then, how its sleep has died.
    const text = `(${leftover}) 2>/dev/null 3>${lifeline.path} & read -r _; exit 3`;
    const job = runShell(runner, text);
    await job.said(1, 'ready');
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 3 });
    expect(await lifeline.closed).toBe('asked\n');
  });

  it('ends what ignores SIGTERM as well', async () => {
    const lifeline = createLifeline(folder);
    const leftover = `trap "" TERM HUP; echo ready; while :; do sleep 0.01; done`;
    const job = runShell(runner, `(${leftover}) 3>${lifeline.path} & read -r _; exit 3`);
    await job.said(1, 'ready');
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 3 });
    expect(await lifeline.closed).toBe('');
  });

  it('leaves alive a daemon in a session of its own', async () => {
    const lifeline = createLifeline(folder);
    const daemon = `trap "echo survived >&3; exit" TERM; echo $$; while :; do sleep 0.01; done`;
    const job = runShell(runner, `setsid sh -c '${daemon}' 3>${lifeline.path} & read -r _; exit 3`);
    await job.said(1, '\n');
    const supervisor = parentOf((await job.frame('started')).pid);
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 3 });
    await waitUntil('the supervisor to leave', () => !isAlive(supervisor));
    process.kill(Number(job.output(1).toString()), SIGTERM);
    expect(await lifeline.closed).toBe('survived\n');
  });

  it('that keeps its output open ends with the last that can write to it', async () => {
    const text = `(read -r _; echo late; sleep 1000 2>&- 1>&- & echo $!) <&0 & exit 4`;
    const job = runShell(runner, text, { keepOutput: true });
    const { pid } = await job.frame('started');
    await waitUntil('the command to end', () => !isAlive(pid));
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('\n') });
    expect(await job.end()).toEqual({ type: 'exited', status: 4 });
    const [late, left] = job.output(1).toString().split('\n');
    expect(late).toBe('late');
    expect(job.frames.filter(({ type }) => type === 'eof')).toHaveLength(2);
    process.kill(Number(left), SIGKILL);
  });

  it('that keeps its output open dies of its abandonment', async () => {
    const lifeline = createLifeline(folder);
    const text = `setsid sleep 1000 3>${lifeline.path} & exit 4`;
    const job = runShell(runner, text, { keepOutput: true });
    const { pid } = await job.frame('started');
    await lifeline.opened;
    await waitUntil('the command to end', () => !isAlive(pid));
    job.send({ type: 'abandon' });
    expect(await job.end()).toEqual({ type: 'exited', status: 4 });
    await lifeline.closed;
  });

  it.each([SIGSTOP, SIGTSTP])('is stopped by signal %i and goes on by SIGCONT', async (signal) => {
    const job = runner.start({ arguments: toBytes('cat') });
    await job.frame('started');
    job.send({ type: 'signal', signal });
    expect(await job.frame('stopped')).toEqual({ type: 'stopped', signal });
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('later') });
    job.send({ type: 'eof', stream: 0 });
    job.send({ type: 'signal', signal: SIGCONT });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toBe('later');
  });

  it('that has started nothing else is told a signal, not its supervisor', async () => {
    const job = runner.start({ arguments: toBytes('sleep', '1000') });
    await job.frame('started');
    job.send({ type: 'signal', signal: 0 });
    job.send({ type: 'signal', signal: 65 });
    job.send({ type: 'signal', signal: SIGTERM });
    expect(await job.end()).toEqual({ type: 'signalled', signal: SIGTERM });
  });
});

describe.runIf(nativeProgram !== undefined)('a time limit', () => {
  let runner: TestRunner;
  beforeAll(async () => {
    runner = await startRunner(nativeProgram!);
    return () => runner.link.destroy();
  });

  it('ends the tree, its output included', async () => {
    const lifeline = createLifeline(folder);
    const text = `exec 3>${lifeline.path}; setsid sleep 1000 & trap 'echo told; exit 5' TERM; wait`;
    const job = runShell(runner, text, { timeoutMs: 3000 });
    expect(await job.end()).toEqual({ type: 'timed-out' });
    expect(job.output(1).toString()).toBe('told\n');
    await lifeline.closed;
  });

  it('kills in the end what does not listen', async () => {
    const text = `trap '' TERM; while :; do sleep 1; done`;
    const job = runShell(runner, text, { timeoutMs: 1000 });
    const { pid } = await job.frame('started');
    expect(await job.end()).toEqual({ type: 'timed-out' });
    expect(isAlive(pid)).toBe(false);
  });

  it('that is not reached does nothing', async () => {
    const job = runShell(runner, 'exit 6', { timeoutMs: 100_000 });
    expect(await job.end()).toEqual({ type: 'exited', status: 6 });
  });
});
