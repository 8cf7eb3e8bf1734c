import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  CONTROL_REPLY_BYTES_MAX,
  type ControlReply,
  type Wishes,
} from '../../src/core/wire/control.ts';
import { connectDaemon, type DaemonLink, daemonSocketPath } from '../../src/node/control-client.ts';

const wishes: Wishes = { only: [], exclude: [], order: [], cpus: 1, memoryBytes: 0 };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dsh-control-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

interface Peer {
  readonly path: string;
  readonly link: DaemonLink;
  readonly socket: Socket;
  /** The next piece that arrives, as text. */
  read(): Promise<string>;
  reply(reply: ControlReply): void;
}

/** A daemon that does what the test does, and a link to it. */
async function startPeer(name = 'dshd.sock'): Promise<Peer> {
  const path = join(directory, name);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const connection = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const link = await connectDaemon([join(directory, 'none'), path]);
  const socket = await connection;
  socket.on('error', () => {});
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  return {
    path,
    link: link!,
    socket,
    read: () => new Promise((resolve) => socket.once('data', (piece) => resolve(String(piece)))),
    reply: (reply) => void socket.write(`${JSON.stringify(reply)}\n`),
  };
}

describe('the search', () => {
  test('goes from the system to the user, or to DSH_SOCKET alone', () => {
    const own = `/tmp/dsh-${process.getuid!()}/dshd.sock`;
    expect(daemonSocketPath({ XDG_RUNTIME_DIR: '/run/user/7', DSH_SOCKET: '' })).toEqual([
      '/run/dsh/dshd.sock',
      '/run/user/7/dsh/dshd.sock',
      own,
    ]);
    expect(daemonSocketPath({})).toEqual(['/run/dsh/dshd.sock', own]);
    expect(daemonSocketPath({ DSH_SOCKET: '/x', XDG_RUNTIME_DIR: '/y' })).toEqual(['/x']);
  });

  test('passes over what does not listen and takes the first that does', async () => {
    expect((await startPeer()).link.path).toBe(join(directory, 'dshd.sock'));
  });

  test('finds nobody', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(await connectDaemon([file, join(directory, 'none')])).toBeUndefined();
  });
});

test('questions under way are answered in any order', async () => {
  const { link, read, reply } = await startPeer();
  const answers = [link.place(wishes, false), link.nodes(), link.place(wishes, false)];
  const lines = (await read()).trimEnd().split('\n');
  const asked = lines.map((line) => JSON.parse(line) as { id: number; op: string });
  expect(asked.map(({ op }) => op)).toEqual(['place', 'nodes', 'place']);
  reply({ id: asked[2]!.id, op: 'refused', reason: 'third', ranking: [] });
  reply({ id: asked[1]!.id, op: 'nodes', nodes: [] });
  reply({ id: asked[0]!.id, op: 'refused', reason: 'first', ranking: [] });
  expect(await Promise.all(answers)).toMatchObject([{ reason: 'first' }, [], { reason: 'third' }]);
});

test('the end of a job that has just started tells the start as well', async () => {
  const { link, read } = await startPeer();
  link.started(1, 4711);
  link.started(2);
  link.started(3, 4713);
  link.ended(1, '0');
  link.ended(2);
  expect(
    (await read())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { op: 'started', job: 2 },
    { op: 'started', job: 3, pid: 4713 },
    { op: 'ended', job: 1, pid: 4711, outcome: '0' },
    { op: 'ended', job: 2 },
  ]);
});

test('everything that is said in one turn arrives in one piece, even before a close', async () => {
  const { link, read } = await startPeer();
  link.started(1);
  link.unreachable(2);
  link.ended(3);
  link.close();
  expect(await read()).toBe(
    '{"op":"started","job":1}\n{"op":"unreachable","job":2}\n{"op":"ended","job":3}\n',
  );
});

describe('an answer that does not come', () => {
  test('is an error after the deadline, and a reservation that comes later is given back', async () => {
    const { path, link, read, reply } = await startPeer();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answer = expect(link.place(wishes, false)).rejects.toThrow(
      `dshd at ${path} gave no answer within 2 s`,
    );
    const { id } = JSON.parse(await read()) as { id: number };
    vi.advanceTimersByTime(2000);
    await answer;
    const next = read();
    reply({ id, op: 'placed', job: 9, node: 'h2', destination: 'h2', here: false, ranking: [] });
    expect(await next).toBe('{"op":"ended","job":9}\n');
  });

  test('is an error at once when the daemon dies', async () => {
    const { path, link, read, socket } = await startPeer();
    const closed = new Promise<void>((resolve) => link.onClose(resolve));
    const answer = expect(link.best(wishes)).rejects.toThrow(
      `dshd at ${path}: the connection was closed`,
    );
    await read();
    socket.destroy();
    await answer;
    await closed;
    await expect(link.nodes()).rejects.toThrow('the connection was closed');
  });
});

describe('a peer that is no daemon', () => {
  test.each([
    ['no JSON', 'HTTP/1.1 400 Bad Request\n', 'a line that is no reply: HTTP/1.1 400 Bad Request'],
    ['no object', '7\n', 'a line that is no reply: 7'],
    [
      'no end of line',
      'x'.repeat(CONTROL_REPLY_BYTES_MAX + 1),
      'a line of more than 16777216 bytes',
    ],
    ['our own error', '{"op":"error","reason":"no"}\n', 'it refused our request: no'],
    [
      'another answer',
      '{"op":"nodes","id":1,"nodes":[]}\n',
      'it answered nodes instead of placed or',
    ],
  ])('%s', async (_case, bytes, message) => {
    const { link, read, socket } = await startPeer();
    // Sixteen MiB may take a busy machine longer than the link waits.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answer = expect(link.place(wishes, false)).rejects.toThrow(message);
    await read();
    socket.write(bytes);
    await answer;
  });
});
