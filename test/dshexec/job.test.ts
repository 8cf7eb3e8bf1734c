import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isHostVariable } from '../../src/core/host-variables.ts';
import { STREAM_WINDOW_BYTES } from '../../src/core/wire/frame.ts';
import { buildProgram } from '../support/build-program.ts';
import { createLifeline } from '../support/lifeline.ts';
import { startRunner, type TestJob, type TestRunner, toBytes } from '../support/runner.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();
let program: string;
let runner: TestRunner;

beforeAll(async () => {
  program = await buildProgram('dshexec', folder);
  // Whoever sits at a desktop has variables of this host, which the runner would add.
  const env = Object.entries(process.env).filter(([name]) => !isHostVariable(name));
  runner = await startRunner(program, { env: Object.fromEntries(env) });
  return () => runner.link.destroy();
});

function runShell(text: string, ...words: readonly string[]): TestJob {
  return runner.start({ arguments: toBytes('sh', '-c', text, ...words) });
}

describe('a command', () => {
  it('gets its words, variables, directory and umask', async () => {
    const job = runner.start({
      arguments: toBytes(
        'sh',
        '-c',
        'printf "<%s>" "$0" "$@"; echo; pwd; umask; tr "\\0" "\\n" <"/proc/$$/environ"',
        'zero',
        '',
        "it's",
        'Zoë\n',
      ),
      variables: toBytes('PATH=/usr/bin:/bin', 'EMPTY=', 'TWICE=first', 'TWICE=second', '1=a=b'),
      directory: Buffer.from(folder),
      umask: 0o027,
    });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toMatch(/^<zero><><it's><Zoë\n>\n/);
    const lines = job.output(1).toString().trimEnd().split('\n').slice(2);
    expect(lines.slice(0, 2)).toEqual([folder, '0027']);
    expect(lines.slice(2).sort()).toEqual(['1=a=b', 'EMPTY=', 'PATH=/usr/bin:/bin', 'TWICE=first']);
  });

  it('leads a session of its own, in which no signal is ignored or blocked', async () => {
    const job = runShell('ps -o sid= -p $$; grep -E "Sig(Blk|Ign)" /proc/self/status');
    const { pid } = await job.frame('started');
    await job.end();
    expect(
      job
        .output(1)
        .toString()
        .replaceAll(/[ \t]+/g, ''),
    ).toBe(`${pid}\nSigBlk:${'0'.repeat(16)}\nSigIgn:${'0'.repeat(16)}\n`);
  });

  it.each([0, 1, 42, 255])('exits with %i', async (status) => {
    expect(await runShell(`exit ${status}`).end()).toEqual({ type: 'exited', status });
  });

  it.each(['SIGHUP', 'SIGKILL', 'SIGSEGV'] as const)('dies of %s', async (name) => {
    const signal = constants.signals[name];
    expect(await runShell(`kill -${signal} $$`).end()).toEqual({ type: 'signalled', signal });
  });

  it('is told apart from its neighbours, fifty at a time', async () => {
    const jobs = Array.from({ length: 50 }, (_, index) => runShell(`echo ${index}; exit ${index}`));
    for (const [index, job] of jobs.entries()) {
      expect(await job.end()).toEqual({ type: 'exited', status: index });
      expect(job.output(1).toString()).toBe(`${index}\n`);
    }
  });

  it('ends with exactly one frame, after which nothing comes', async () => {
    const job = runShell('exec <&-; echo out; echo err >&2');
    job.send({ type: 'data', stream: 0, bytes: randomBytes(1000) });
    await job.end();
    job.send({ type: 'data', stream: 0, bytes: randomBytes(1000) });
    job.send({ type: 'signal', signal: 15 });
    job.send({ type: 'abandon' });
    runner.channel.send({ type: 'ping' });
    await runner.channel.frame('pong');
    expect(job.frames.at(-1)).toEqual({ type: 'exited', status: 0 });
    expect(job.frames.filter(({ type }) => type === 'exited')).toHaveLength(1);
    expect(job.output(1).toString()).toBe('out\n');
    expect(job.output(2).toString()).toBe('err\n');
  });
});

describe('streams', () => {
  it('carries four windows through cat, whole', async () => {
    const bytes = randomBytes(4 * STREAM_WINDOW_BYTES);
    const job = runner.start({ arguments: toBytes('cat') });
    let sent = 0;
    let answered = 0;
    while (sent < bytes.length) {
      const piece = bytes.subarray(sent, sent + 65_536);
      job.send({ type: 'data', stream: 0, bytes: piece });
      sent += piece.length;
      await job.received(1, sent - STREAM_WINDOW_BYTES);
      answered = job.output(1).length;
    }
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(answered).toBeLessThanOrEqual(sent);
    expect(job.output(1).equals(bytes)).toBe(true);
    const credit = job.frames.reduce(
      (total, frame) => total + (frame.type === 'credit' ? frame.bytes : 0),
      0,
    );
    expect(credit).toBe(bytes.length);
  });

  it('sends no more than a window without credit, and all the rest of a dead command with it', async () => {
    // The rest fits into a pipe, so that the command can end.
    const total = STREAM_WINDOW_BYTES + 50_000;
    const lifeline = createLifeline(folder);
    const job = runner.start(
      { arguments: toBytes('sh', '-c', `head -c ${total} /dev/zero; echo >${lifeline.path}`) },
      { withoutCredit: true },
    );
    await lifeline.closed;
    await job.received(1, STREAM_WINDOW_BYTES);
    // A neighbour's whole life shows that the runner has been round since.
    await runShell('exit 0').end();
    expect(job.output(1)).toHaveLength(STREAM_WINDOW_BYTES);
    expect(job.frames.some(({ type }) => type === 'exited')).toBe(false);
    job.send({ type: 'credit', stream: 1, bytes: 10 });
    await job.received(1, STREAM_WINDOW_BYTES + 10);
    job.send({ type: 'credit', stream: 1, bytes: STREAM_WINDOW_BYTES });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1)).toHaveLength(total);
  });

  it.each([
    ['yes', ['yes']],
    ['dd', ['dd', 'if=/dev/zero', 'bs=1M', 'status=none']],
    ['a pipeline', ['sh', '-c', 'yes | { cat; kill -PIPE $$; }']],
  ])('give SIGPIPE to %s when their reader is gone', async (_, words) => {
    const job = runner.start({ arguments: toBytes(...words) }, { withoutCredit: true });
    await job.received(1, STREAM_WINDOW_BYTES);
    job.send({ type: 'broken', stream: 1 });
    expect(await job.end()).toEqual({ type: 'signalled', signal: constants.signals.SIGPIPE });
    expect(job.output(2).toString()).toBe('');
  });

  it('of output can be opened by name, as pipes can', async () => {
    const job = runShell('cat >/dev/stdout; echo err >/dev/stderr');
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('in') });
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect([job.output(1).toString(), job.output(2).toString()]).toEqual(['in', 'err\n']);
  });

  it('leave nothing open in the runner, and none of a neighbour in a command', async () => {
    const own = await startRunner(program);
    const count = (): number => readdirSync(`/proc/${own.pid}/fd`).length;
    const direct = execFileSync('ls', ['/proc/self/fd'], { encoding: 'utf8' });
    const listing = { arguments: toBytes('ls', '/proc/self/fd') };
    const tooLong = { arguments: toBytes('true', 'x'.repeat(200_000)) };
    const neighbour = own.start({ arguments: toBytes('cat') });
    await neighbour.frame('started');
    const before = count();
    // 24 commands use up one batch of pipes, after which the stock is what it was.
    for (let pair = 0; pair < 12; pair += 1) {
      const job = own.start(listing);
      await job.end();
      expect(job.output(1).toString()).toBe(direct);
      await own.start(tooLong).end();
    }
    expect(count()).toBe(before);
    own.link.destroy();
    await own.ended;
  });

  it('go on when another one is broken', async () => {
    const job = runner.start({ arguments: toBytes('cat') });
    await job.frame('started');
    job.send({ type: 'broken', stream: 2 });
    job.send({ type: 'broken', stream: 2 });
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('still here') });
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toBe('still here');
  });

  it('says that the command reads no more', async () => {
    const lifeline = createLifeline(folder);
    const job = runShell(`exec <&-; exec sleep 1000 >${lifeline.path}`);
    await lifeline.opened;
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('unread') });
    expect(await job.frame('broken')).toEqual({ type: 'broken', stream: 0 });
    job.send({ type: 'abandon' });
    await job.end();
  });
});

describe('what a command leaves behind', () => {
  it('does not hold back the verdict or lose output, and ends with it', async () => {
    const lifeline = createLifeline(folder);
    const job = runShell(`exec 3>${lifeline.path}; sleep 1000 & exec 3>&-
      head -c 200000 /dev/zero; exit 3`);
    expect(await job.end()).toEqual({ type: 'exited', status: 3 });
    expect(job.output(1)).toHaveLength(200_000);
    await lifeline.closed;
  });

  it('does not hold back the verdict from a session of its own', async () => {
    const fifo = join(folder, 'in-session');
    const job = runShell(`mkfifo ${fifo}; setsid sh -c 'echo $$ >${fifo}; exec sleep 1000' &
      read -r pid <${fifo}; echo $pid`);
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    const pid = Number(job.output(1).toString());
    // It has left the group, and with it what the runner can reach.
    expect(process.kill(pid, 'SIGKILL')).toBe(true);
  });
});

describe('signals', () => {
  it('go to the whole process group', async () => {
    const lifeline = createLifeline(folder);
    const job = runShell(`trap 'exit 5' USR1; sleep 1000 >${lifeline.path} & wait`);
    await lifeline.opened;
    job.send({ type: 'signal', signal: constants.signals.SIGUSR1 });
    expect(await job.end()).toEqual({ type: 'exited', status: 5 });
    await lifeline.closed;
  });

  it('that this system does not know are ignored', async () => {
    const job = runner.start({ arguments: toBytes('cat') });
    await job.frame('started');
    job.send({ type: 'signal', signal: 200 });
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
  });

  it('of an abandoned command are SIGTERM, with time to clean up', async () => {
    const lifeline = createLifeline(folder);
    const file = join(folder, 'unfinished.o');
    const job = runShell(`: >${file}; trap 'rm ${file}; exit 1' TERM
      sleep 1000 >${lifeline.path} & wait`);
    await lifeline.opened;
    job.send({ type: 'abandon' });
    expect(await job.end()).toEqual({ type: 'exited', status: 1 });
    expect(existsSync(file)).toBe(false);
  });

  it('of an abandoned command are SIGKILL in the end', async () => {
    const lifeline = createLifeline(folder);
    const job = runShell(`trap '' TERM; exec sleep 1000 >${lifeline.path}`);
    await lifeline.opened;
    job.send({ type: 'abandon' });
    expect(await job.end()).toEqual({ type: 'signalled', signal: constants.signals.SIGKILL });
    await lifeline.closed;
  });

  it('end an abandoned command whose output nobody takes', async () => {
    const job = runner.start({ arguments: toBytes('yes') }, { withoutCredit: true });
    await job.received(1, STREAM_WINDOW_BYTES);
    job.send({ type: 'abandon' });
    expect(await job.end()).toEqual({ type: 'signalled', signal: constants.signals.SIGTERM });
  });
});
