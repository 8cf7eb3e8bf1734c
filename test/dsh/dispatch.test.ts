import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ending, prepareClient } from './client.ts';
import { DATA_BYTES_MAX, STREAM_WINDOW_BYTES } from '../../src/core/wire/frame.ts';
import { type Client, startTestAgent, type TestAgent } from './test-agent.ts';

const dsh = await prepareClient();
let agent: TestAgent;

beforeEach(async () => {
  agent = await startTestAgent(dsh.environment['DSH_AGENT']!);
});
afterEach(() => agent.close());

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('a command on another node', () => {
  test('ends as the command did, after all that it printed', async () => {
    const child = dsh.start(['-v', 'gcc', '-v']);
    const client = await agent.accept();
    client.send({ type: 'placed', node: 'h2' });
    client.send({ type: 'started', pid: 7 });
    client.send({ type: 'data', stream: 1, bytes: bytes('out\xff') });
    client.send({ type: 'data', stream: 2, bytes: bytes('err') });
    client.send({ type: 'exited', status: 7 });
    expect(await ending(child)).toEqual({
      status: 7,
      signal: null,
      stdout: 'out\xff',
      stderr: 'dsh: h2\nerr',
    });
    await client.closed;
  });

  test.each([
    ['SIGTERM', 15],
    ['SIGKILL', 9],
    ['SIGSEGV', 11],
    ['SIGPIPE', 13],
    ['SIGUSR1', 10],
  ] as const)('that died of %s takes dsh with it', async (name, signal) => {
    const child = dsh.start(['true']);
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    client.send({ type: 'signalled', signal });
    expect(await ending(child)).toMatchObject({ status: null, signal: name });
  });

  test.each([
    ['of a signal that ends nothing', 17, 145],
    ['of a signal that this system does not have', 99, 227],
  ])('that died %s is shown as a shell would', async (_, signal, status) => {
    const child = dsh.start(['true']);
    const client = await agent.accept();
    client.send({ type: 'signalled', signal });
    expect(await ending(child)).toMatchObject({ status, signal: null });
  });

  test.each([
    ['not-found', 127],
    ['not-executable', 126],
    ['no-directory', 125],
    ['no-node', 125],
  ] as const)('that failed to start (%s) exits %d with the reason', async (reason, status) => {
    const child = dsh.start(['true']);
    const client = await agent.accept();
    client.send({ type: 'failed', reason, message: 'h2: true: why' });
    expect(await ending(child)).toMatchObject({ status, stderr: 'dsh: h2: true: why\n' });
  });

  test.each([
    ['that is killed through dsh', { type: 'signalled', signal: 15 }, { signal: 'SIGTERM' }],
    ['whose time is up', { type: 'timed-out' }, { status: 124 }],
  ] as const)('%s does not wait for a reader that takes nothing', async (_, end, expected) => {
    const child = dsh.shell('mkfifo $$; exec $DSH yes 5<>$$ >&5');
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    // The whole window, of which the pipe takes the first piece.
    for (let left = STREAM_WINDOW_BYTES; left > 0; left -= DATA_BYTES_MAX) {
      client.send({ type: 'data', stream: 1, bytes: new Uint8Array(DATA_BYTES_MAX) });
    }
    await client.expect('credit');
    if (end.type === 'signalled') {
      child.kill('SIGTERM');
      await client.expect('signal');
    }
    // The end itself would follow what the runner may not send yet.
    client.send({ type: 'ending', end });
    expect(await ending(child)).toMatchObject({ stderr: '', ...expected });
  });

  test('that has ended by itself waits for its reader, and SIGTERM ends the wait', async () => {
    const child = dsh.shell('mkfifo $$; exec $DSH yes 5<>$$ >&5');
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    for (let left = STREAM_WINDOW_BYTES; left > 0; left -= DATA_BYTES_MAX) {
      client.send({ type: 'data', stream: 1, bytes: new Uint8Array(DATA_BYTES_MAX) });
    }
    client.send({ type: 'ending', end: { type: 'exited', status: 0 } });
    client.send({ type: 'data', stream: 2, bytes: bytes('told\n') });
    await once(child.stderr!, 'readable');
    child.kill('SIGTERM');
    expect(await ending(child)).toMatchObject({ signal: 'SIGTERM', stderr: 'told\n' });
    expect(client.frames.some(({ type }) => type === 'signal')).toBe(false);
  });

  test('whose contact is lost exits 123', async () => {
    const child = dsh.start(['true']);
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    client.send({ type: 'lost', pid: 7, message: 'h2: gone' });
    expect(await ending(child)).toMatchObject({ status: 123, stderr: 'dsh: h2: gone\n' });
  });

  test('whose agent dies exits 123 with node and process', async () => {
    const child = dsh.start(['-v', 'true']);
    const client = await agent.accept();
    client.send({ type: 'placed', node: 'h2' });
    client.send({ type: 'started', pid: 7 });
    client.send({ type: 'data', stream: 1, bytes: bytes('ready') });
    await client.expect('credit');
    client.destroy();
    const { status, stderr } = await ending(child);
    expect(status).toBe(123);
    expect(stderr).toMatch(
      /^dsh: h2\ndsh: h2: contact with the agent was lost: .*; process 7 may still have run\n$/,
    );
  });

  test('whose agent takes a signal and does not answer is lost', async () => {
    // Side by side, as each takes 10 s.
    const answered = await runPlaced('exec $DSH true');
    const paused = await runPlaced('exec $DSH true');
    const silent = await runPlaced('exec $DSH true');
    const unread = await runPlaced('mkfifo $$; exec $DSH yes 5<>$$ >&5');
    for (const { client, child } of [answered, paused, silent, unread]) {
      child.kill('SIGUSR1');
      await client.expect('ping');
    }
    answered.client.send({ type: 'pong' });
    paused.client.send({ type: 'stopped', signal: constants.signals.SIGSTOP });
    paused.client.send({ type: 'pong' });
    const lost = {
      status: 123,
      stderr:
        'dsh: h2: contact with the agent was lost: it does not answer; process 7 may still have run\n',
    };
    expect(await ending(silent.child)).toMatchObject(lost);
    expect(await ending(unread.child)).toMatchObject(lost);
    paused.child.kill('SIGCONT');
    await paused.client.expect('signal');
    for (const { client, child } of [answered, paused]) {
      client.send({ type: 'exited', status: 3 });
      expect(await ending(child)).toMatchObject({ status: 3, stderr: '' });
    }
  });

  /** A whole window of output is under way. */
  async function runPlaced(script: string): Promise<{ child: ChildProcess; client: Client }> {
    const child = dsh.shell(script);
    const client = await agent.accept();
    client.send({ type: 'placed', node: 'h2' });
    client.send({ type: 'started', pid: 7 });
    for (let left = STREAM_WINDOW_BYTES; left > 0; left -= DATA_BYTES_MAX) {
      client.send({ type: 'data', stream: 1, bytes: new Uint8Array(DATA_BYTES_MAX) });
    }
    await client.expect('credit');
    return { child, client };
  }

  test('whose agent dies after it was placed may have run', async () => {
    const child = dsh.start(['-v', 'true']);
    const client = await agent.accept();
    client.send({ type: 'placed', node: 'h2' });
    await once(child.stderr!, 'readable');
    client.destroy();
    const { status, stderr } = await ending(child);
    expect(status).toBe(123);
    expect(stderr).toMatch(/: contact with the agent was lost: .*; the command may have run\n$/);
  });

  test('whose agent dies before it was placed has not started', async () => {
    const child = dsh.start(['true']);
    const client = await agent.accept();
    client.destroy();
    const { status, stderr } = await ending(child);
    expect(status).toBe(125);
    expect(stderr).toMatch(/^dsh: contact with the agent was lost: .*\n$/);
  });

  test('whose time is up exits 124 without a word', async () => {
    const child = dsh.start(['--timeout', '1.5', 'true']);
    const client = await agent.accept();
    expect(client.command.timeoutMs).toBe(1500);
    client.send({ type: 'started', pid: 7 });
    client.send({ type: 'timed-out' });
    expect(await ending(child)).toMatchObject({ status: 124, stderr: '' });
  });

  test('notices are shown, and not with -q', async () => {
    for (const [words, stderr] of [
      [['true'], 'dsh: busy\n'],
      [['-q', 'true'], ''],
    ] as const) {
      const child = dsh.start(words);
      const client = await agent.accept();
      client.send({ type: 'notice', message: 'busy' });
      client.send({ type: 'exited', status: 0 });
      expect(await ending(child)).toMatchObject({ status: 0, stderr });
    }
  });
});

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const)(
    '%s goes to the command, whose end is awaited',
    async (signal) => {
      const child = dsh.start(['sleep', '9']);
      const client = await agent.accept();
      client.send({ type: 'started', pid: 7 });
      client.send({ type: 'data', stream: 1, bytes: bytes('ready') });
      await client.expect('credit');
      child.kill(signal);
      const { signal: received } = await client.expect('signal');
      client.send({ type: 'exited', status: 100 + received });
      expect(await ending(child)).toMatchObject({ status: 100 + constants.signals[signal] });
    },
  );

  test('before the command has started, they end dsh and close the lease', async () => {
    const child = dsh.start(['sleep', '9']);
    const client = await agent.accept();
    client.send({ type: 'placed', node: 'h2' });
    child.kill('SIGTERM');
    expect(await ending(child)).toMatchObject({ status: null, signal: 'SIGTERM' });
    await client.closed;
    expect(client.frames).toEqual([]);
  });
});
