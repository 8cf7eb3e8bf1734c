import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { STREAM_WINDOW_BYTES } from '../../src/core/wire/frame.ts';
import { ending, prepareClient } from './client.ts';
import { startTestAgent, type TestAgent } from './test-agent.ts';

const dsh = await prepareClient();
let agent: TestAgent;

beforeEach(async () => {
  agent = await startTestAgent(dsh.environment['DSH_AGENT']!);
});
afterEach(() => agent.close());

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('standard input', () => {
  test('goes to the command byte for byte, with one EOF', async () => {
    const child = dsh.start(['cat']);
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    child.stdin!.end(bytes('a\0b\xff'));
    expect(await client.expect('data')).toEqual({
      type: 'data',
      stream: 0,
      bytes: bytes('a\0b\xff'),
    });
    await client.expect('eof');
    client.send({ type: 'exited', status: 0 });
    await ending(child);
    await client.closed;
    expect(client.frames.filter(({ type }) => type === 'eof')).toHaveLength(1);
  });

  test('is left in its pipe until the command has started', async () => {
    const child = dsh.shell('{ echo one; echo two; } | { $DSH true; cat; }');
    const client = await agent.accept();
    client.send({ type: 'failed', reason: 'no-node', message: 'none' });
    expect(await ending(child)).toMatchObject({ stdout: 'one\ntwo\n' });
  });

  test('is not touched with -n', async () => {
    const child = dsh.shell('echo one | { $DSH -n true; cat; }');
    const client = await agent.accept();
    expect(client.command.devNull).toBe(0b001);
    client.send({ type: 'started', pid: 7 });
    client.send({ type: 'exited', status: 0 });
    expect(await ending(child)).toMatchObject({ stdout: 'one\n' });
    await client.closed;
    expect(client.frames).toEqual([]);
  });

  test('from a file ends as from a pipe', async () => {
    const child = dsh.shell(`printf 'x%.0s' 1 2 3 >in; $DSH cat <in`);
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    expect((await client.expect('data')).bytes).toEqual(bytes('xxx'));
    await client.expect('eof');
    client.send({ type: 'exited', status: 3 });
    expect(await ending(child)).toMatchObject({ status: 3 });
  });

  test('flows only as far as credit allows', async () => {
    const total = 2 * STREAM_WINDOW_BYTES;
    const child = dsh.shell(`head -c ${total} /dev/zero | $DSH cat`);
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    let received = 0;
    while (received < STREAM_WINDOW_BYTES) received += (await client.expect('data')).bytes.length;
    expect(received).toBe(STREAM_WINDOW_BYTES);
    client.send({ type: 'credit', stream: 0, bytes: 10 });
    expect((await client.expect('data')).bytes).toHaveLength(10);
    client.send({ type: 'credit', stream: 0, bytes: total });
    await client.expect('eof');
    const all = client.frames.flatMap((frame) =>
      frame.type === 'data' ? [frame.bytes.length] : [],
    );
    expect(all.reduce((sum, length) => sum + length, 0)).toBe(total);
    client.send({ type: 'exited', status: 0 });
    await ending(child);
  });
});

describe('standard output', () => {
  test('whose reader has gone away breaks the stream, without a word', async () => {
    const child = dsh.shell(
      'mkfifo gone; { read _ <gone; $DSH yes; echo $? >&2; } | { exec <&-; echo >gone; }; rm gone',
    );
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    client.send({ type: 'data', stream: 1, bytes: bytes('y\n') });
    expect(await client.expect('broken')).toEqual({ type: 'broken', stream: 1 });
    client.send({ type: 'signalled', signal: 13 });
    expect(await ending(child)).toMatchObject({ stderr: '141\n' });
  });

  test('on a full disk breaks the stream and is told', async () => {
    const child = dsh.shell('$DSH yes >/dev/full');
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    client.send({ type: 'data', stream: 1, bytes: bytes('y\n') });
    await client.expect('broken');
    client.send({ type: 'exited', status: 1 });
    const { status, stderr } = await ending(child);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^dsh: standard output: no space left on device\n$/i);
  });

  test('gives credit only for what its reader has taken', async () => {
    const child = dsh.shell('$DSH cat | { read line; wc -c; }');
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    // More than the pipe holds: the rest waits for the reader.
    client.send({ type: 'data', stream: 1, bytes: new Uint8Array(65_536) });
    expect(await client.expect('credit')).toEqual({ type: 'credit', stream: 1, bytes: 65_536 });
    client.send({ type: 'data', stream: 1, bytes: bytes('x\n') });
    client.send({ type: 'data', stream: 1, bytes: new Uint8Array(60_000) });
    client.send({ type: 'exited', status: 0 });
    expect(await ending(child)).toMatchObject({ stdout: '60000\n' });
  });

  test('leaves a shared pipe blocking, as others who write to it expect', async () => {
    const flags = 'node -e \'console.error(require("fs").readFileSync("/proc/self/fdinfo/1")+"")\'';
    const child = dsh.shell(`{ $DSH cat; ${flags}; } | cat`);
    const client = await agent.accept();
    client.send({ type: 'started', pid: 7 });
    client.send({ type: 'data', stream: 1, bytes: new Uint8Array(65_536) });
    await client.expect('credit');
    client.send({ type: 'signalled', signal: 9 });
    const { stderr } = await ending(child);
    expect(stderr).toMatch(/flags:\s*0[0-7]*0001\n/);
  });
});
