/** What the TypeScript runner makes of the attributes of a command, and of what it leaves behind. */
import { constants, getPriority } from 'node:os';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { waitUntil } from '../../lab/wait.ts';
import { capabilities } from '../../src/core/wire/frame.ts';
import { buildProgram } from '../support/build-program.ts';
import { createLifeline, type Lifeline } from '../support/lifeline.ts';
import { startRunner, type TestJob, type TestRunner, toBytes } from '../support/runner.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();
let program: string;
let runner: TestRunner;

beforeAll(async () => {
  program = await buildProgram('dshexec', folder);
  runner = await startRunner(program);
  return () => runner.link.destroy();
});

type Changes = Parameters<TestRunner['start']>[0];

function runShell(text: string, changes: Changes = {}, by = runner): TestJob {
  return by.start({ arguments: toBytes('sh', '-c', text), ...changes });
}

it('says in HELLO what it can, and no more', async () => {
  const hello = await runner.channel.frame('hello');
  expect(hello.capabilities).toBe(capabilities.timeouts);
});

describe('a command', () => {
  it('has its nice value', async () => {
    const nice = getPriority() + 3;
    // It reads first, so that its value is set when it looks.
    const job = runShell('read x; exec nice', { nice });
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('\n') });
    await job.end();
    expect(job.output(1).toString()).toBe(`${nice}\n`);
  });

  it('has /dev/null where it is here, and no stream flows', async () => {
    const text = 'readlink /proc/$$/fd/0 /proc/$$/fd/2; echo lost >&2';
    const job = runShell(text, { devNull: 0b101 });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toBe('/dev/null\n/dev/null\n');
    expect(job.output(2)).toHaveLength(0);
  });

  it('that has /dev/null for all ends as any', async () => {
    const job = runShell('exit 3', { devNull: 0b111 });
    expect(await job.end()).toEqual({ type: 'exited', status: 3 });
  });

  it('is stopped by SIGTSTP, which is told, and goes on', async () => {
    const job = runShell('read x; echo $x; read x');
    const { pid } = await job.frame('started');
    job.send({ type: 'signal', signal: constants.signals.SIGTSTP });
    expect(await job.frame('stopped')).toEqual({ type: 'stopped', signal: 20 });
    await waitUntil('the command to be stopped', () =>
      readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') T '),
    );
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('on\n') });
    job.send({ type: 'signal', signal: constants.signals.SIGCONT });
    await job.said(1, 'on');
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 1 });
  });

  it('is told which of the limits that were set on purpose it runs without', async () => {
    const limits = [
      { resource: 0, soft: 5, hard: Infinity },
      { resource: 3, soft: 4096, hard: Infinity },
      { resource: 9, soft: 2 ** 40, hard: Infinity },
    ];
    const job = runShell('exit 0', { limits });
    const { message } = await job.frame('notice');
    expect(message).toMatch(
      /cannot limit cpu time and address space, so the command runs without$/,
    );
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
  });

  it('whose limits are no narrower than the runner’s hears nothing', async () => {
    const job = runShell('exit 0', { limits: [{ resource: 0, soft: Infinity, hard: Infinity }] });
    await job.end();
    expect(job.frames.map(({ type }) => type)).not.toContain('notice');
  });
});

describe('a time limit', () => {
  it('ends the command, and what it started in sessions of their own', async () => {
    const [own, escaped] = [createLifeline(folder), createLifeline(folder)];
    const text = `setsid sleep 1000 >${escaped.path} & exec sleep 1000 >${own.path}`;
    const job = runShell(text, { timeoutMs: 3000 });
    await Promise.all([own.opened, escaped.opened]);
    expect(await job.end()).toEqual({ type: 'timed-out' });
    await Promise.all([own.closed, escaped.closed]);
  });

  it('kills a command that ignores SIGTERM, two seconds later', async () => {
    const job = runShell(`trap '' TERM; while :; do sleep 0.1; done`, { timeoutMs: 100 });
    expect(await job.end()).toEqual({ type: 'timed-out' });
  });

  it('that is not reached changes nothing', async () => {
    const job = runShell('exit 4', { timeoutMs: 60_000 });
    expect(await job.end()).toEqual({ type: 'exited', status: 4 });
  });
});

describe('the end', () => {
  it('waits for whoever holds the output where that is asked for', async () => {
    const job = runShell('{ read x; echo last; } <&0 3>&1 & exit 5', { keepOutput: true });
    await job.frame('started');
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('\n') });
    expect(await job.end()).toEqual({ type: 'exited', status: 5 });
    expect(job.output(1).toString()).toBe('last\n');
  });

  it('takes along the group, and leaves alone who has a session of his own', async () => {
    const [grouped, escaped] = [createLifeline(folder), createLifeline(folder)];
    const text = `sleep 1000 >${grouped.path} & setsid sleep 1000 >${escaped.path} & echo $!; read x`;
    const job = runShell(text);
    await Promise.all([grouped.opened, escaped.opened]);
    job.send({ type: 'eof', stream: 0 });
    await job.end();
    await grouped.closed;
    // setsid becomes the program in a background job of a shell, whose group it does not lead.
    const escapee = Number(job.output(1).toString());
    expect(process.kill(escapee, 0)).toBe(true);
    process.kill(escapee);
    await escaped.closed;
  });

  it.each(['abandon', 'close'] as const)('by %s takes along everybody', async (how) => {
    const other = await startRunner(program);
    const lives: Lifeline[] = [createLifeline(folder), createLifeline(folder)];
    const [grouped, escaped] = lives;
    const text = `sleep 1000 >${grouped!.path} & setsid sleep 1000 >${escaped!.path} & wait`;
    const job = runShell(text, {}, other);
    await Promise.all(lives.map(({ opened }) => opened));
    if (how === 'abandon') job.send({ type: 'abandon' });
    else other.link.destroy();
    await Promise.all(lives.map(({ closed }) => closed));
    other.link.destroy();
    await other.ended;
  });

  it.each(['abandon', 'close'] as const)('by %s leaves none that is just leaving', async (how) => {
    const other = await startRunner(program);
    const life = createLifeline(folder);
    const text = `i=0; while [ $((i += 1)) -lt 400 ]; do setsid sleep 1000 >${life.path} & done; wait`;
    const job = runShell(text, {}, other);
    await life.opened;
    if (how === 'abandon') job.send({ type: 'abandon' });
    else other.link.destroy();
    await life.closed;
    other.link.destroy();
    await other.ended;
  });
});
