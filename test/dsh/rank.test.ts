import { hostname } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import type { ControlReply, ControlRequest, NodeView } from '../../src/core/wire/control.ts';
import { formatStatusLine } from '../../src/core/wire/status-line.ts';
import { ending, prepareClient } from './client.ts';
import { startTestAgent } from './test-agent.ts';
import { nodeView, startControlDaemon, startLineDaemon, type TestDaemon } from './test-daemon.ts';

const dsh = await prepareClient();
let daemon: TestDaemon | undefined;

afterEach(async () => {
  await daemon?.close();
  daemon = undefined;
});

const views = [
  nodeView('busy', { load: 3, cost: 4 }),
  nodeView('idle', { load: 1, cost: 2 }),
  nodeView('large', { load: 2, cost: 3, cpus: 16 }),
  nodeView('silent', { state: 'silent', cost: null }),
];
const lines = views.map((view) => `${formatStatusLine(view)}\n`).join('');

function answerFor(nodes: readonly NodeView[]): (request: ControlRequest) => ControlReply {
  return (request) => {
    if (request.op === 'nodes') return { op: 'nodes', id: request.id, nodes };
    if (request.op === 'best') {
      const { only } = request.wishes;
      const node = nodes.find(({ name }) => only.length === 0 || only.includes(name));
      if (node) return { op: 'best', id: request.id, node };
      return { op: 'refused', id: request.id, reason: `no node is called ${only[0]}`, ranking: [] };
    }
    return { op: 'error', reason: 'unexpected' };
  };
}

describe('--best', () => {
  test.each([
    [[], 0, 'user@busy\n', ''],
    [['-H', 'idle'], 0, 'user@idle\n', ''],
    [['-H', 'h9'], 125, '', 'dsh: no node is called h9\n'],
    [['--rank', 'load'], 0, 'user@idle\n', ''],
    [['--rank', '-cpus', '-x', 'large,busy'], 0, 'user@idle\n', ''],
    [['--rank', 'load', '--cpus', '8'], 0, 'user@large\n', ''],
    [['--rank', 'load', '-H', 'h9'], 125, '', 'dsh: no node is called h9\n'],
    [['--rank', 'load', '--mem', '1T'], 125, '', 'dsh: none of 4 nodes can take the command\n'],
  ])('%j asks the local daemon', async (words, status, stdout, stderr) => {
    daemon = await startControlDaemon(dsh.environment['DSH_SOCKET']!, answerFor(views));
    const child = dsh.start(['--best', ...words]);
    expect(await ending(child)).toEqual({ status, signal: null, stdout, stderr });
  });

  test('without a daemon it is this host, if that may be taken', async () => {
    expect(await ending(dsh.start(['--best']))).toMatchObject({
      status: 0,
      stdout: `${hostname()}\n`,
    });
    for (const words of [['-x', hostname()], ['-H', 'h9'], ['--require-cluster']]) {
      const { status, stdout, stderr } = await ending(dsh.start(['--best', ...words]));
      expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
      expect(stderr).toMatch(/^dsh: no dshd answers.*\n$/);
    }
  });

  test.each([
    [[], 'user@idle\n'],
    [['--rank', '-cpus'], 'user@large\n'],
  ])('%j asks the daemon of another host', async (words, stdout) => {
    daemon = await startLineDaemon(lines);
    const child = dsh.start(['--best', '--daemon', `127.0.0.1:${daemon.port}`, ...words]);
    expect(await ending(child)).toMatchObject({ status: 0, stdout, stderr: '' });
  });
});

describe('another daemon that is of no use', () => {
  test.each([
    ['speaks HTTP', 'HTTP/1.1 200 OK\r\n', /: it sent a status line of 3 columns; expected 13\n$/],
    ['says nothing', '', /: none of 0 nodes can take the command\n$/],
  ])('%s', async (_, text, reason) => {
    daemon = await startLineDaemon(text);
    const child = dsh.start(['--daemon', `127.0.0.1:${daemon.port}`, 'true']);
    const { status, stderr } = await ending(child);
    expect(status).toBe(125);
    expect(stderr).toMatch(/^dsh: dshd at 127\.0\.0\.1/);
    expect(stderr).toMatch(reason);
  });

  test('is not there', async () => {
    daemon = await startLineDaemon('');
    const { port } = daemon;
    await daemon.close();
    daemon = undefined;
    const { status, stderr } = await ending(dsh.start(['--daemon', `127.0.0.1:${port}`, 'true']));
    expect(status).toBe(125);
    expect(stderr).toMatch(/^dsh: dshd at 127\.0\.0\.1:[0-9]+: connect ECONNREFUSED.*\n$/);
  });
});

describe('the order that the agent is told', () => {
  async function asked(words: readonly string[]): Promise<{ order: object; stderr: string }> {
    const agent = await startTestAgent(dsh.environment['DSH_AGENT']!);
    const child = dsh.start([...words, 'true']);
    const { request, send } = await agent.accept();
    send({ type: 'exited', status: 0 });
    const { stderr } = await ending(child);
    await agent.close();
    return { order: { order: request.order, unmanaged: request.unmanaged }, stderr };
  }

  test('--rank: names of nodes, least value first', async () => {
    daemon = await startControlDaemon(dsh.environment['DSH_SOCKET']!, answerFor(views));
    expect(await asked(['--rank', 'load / cpus'])).toEqual({
      order: { order: ['large', 'idle', 'busy'], unmanaged: false },
      stderr: '',
    });
  });

  test('--rank without a daemon: none, so that the agent decides', async () => {
    expect((await asked(['--rank', 'load'])).order).toEqual({ order: [], unmanaged: false });
  });

  test('--daemon: destinations, and with -vv its table', async () => {
    daemon = await startLineDaemon(lines);
    const { order, stderr } = await asked(['-vv', '--daemon', `127.0.0.1:${daemon.port}`]);
    expect(order).toEqual({ order: ['user@idle', 'user@large', 'user@busy'], unmanaged: true });
    expect(stderr.split('\n')).toHaveLength(6);
    expect(stderr).toMatch(/^dsh: node +state +load/);
  });
});
