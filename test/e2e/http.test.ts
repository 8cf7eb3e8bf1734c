/** The daemon over HTTP: its answers held against the document, bad callers, a port that is taken. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { runCommand } from '../../lab/command.ts';
import { startEmbeddedLab } from '../../lab/embedded.ts';
import { acceptsConnections, claimNetwork, ports } from '../../lab/network.ts';
import { isAlive, readProcess } from '../../lab/process-table.ts';
import { projectDirectory } from '../../lab/project.ts';
import { waitUntil } from '../../lab/wait.ts';
import { askHttp, type HttpPlace, sendRaw } from '../support/http-answer.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { findSchemaFaults, openapi, schemaOf } from '../support/openapi.ts';

let lab: Lab;
let place: HttpPlace;

beforeAll(async () => {
  lab = await startEmbeddedLab({ names: ['h1', 'h2'] });
  place = { address: lab.host('h1').address, port: ports.http };
});

afterAll(() => lab.close());

async function askJson(path: string): Promise<{ status: number; value: unknown }> {
  const { status, headers, body } = await askHttp(place, path);
  expect(headers['content-type']).toBe('application/json');
  return { status, value: JSON.parse(body) as unknown };
}

describe('the API', () => {
  test('every answer is as the document says', async () => {
    // A decision is explained once there is one.
    expect((await lab.runFrom('h1', ['dsh', '-H', 'h2', 'true'])).status).toBe(0);
    await waitUntil('a point of history', async () => {
      const { value } = await askJson('/api/v1/history');
      return (value as { load: unknown[] }).load.length > 0;
    });
    const paths: [path: string, documented: string, status: number][] = [
      ['/api/v1/nodes', '/api/v1/nodes', 200],
      ['/api/v1/jobs', '/api/v1/jobs', 200],
      ['/api/v1/explain/1', '/api/v1/explain/{job}', 200],
      ['/api/v1/explain/99', '/api/v1/explain/{job}', 404],
      ['/api/v1/explain/one', '/api/v1/explain/{job}', 400],
      ['/api/v1/counters', '/api/v1/counters', 200],
      ['/api/v1/history', '/api/v1/history', 200],
      ['/api/v1/history?node=h2', '/api/v1/history', 200],
      ['/api/v1/history?node=h3', '/api/v1/history', 404],
      ['/api/v1/history?nod=h2', '/api/v1/history', 400],
    ];
    for (const [path, documented, status] of paths) {
      const answer = await askJson(path);
      const faults = findSchemaFaults(schemaOf(documented, status), answer.value);
      expect({ path, status: answer.status, faults }).toEqual({ path, status, faults: [] });
    }
    const tried = new Set(paths.map(([, documented]) => documented));
    const others = ['/api/v1/events', '/metrics', '/healthz'];
    expect([...tried, ...others].toSorted()).toEqual(Object.keys(openapi.paths).toSorted());
  });

  test('events are as the document says', async () => {
    const [response] = (await once(
      get({ host: place.address, port: place.port, path: '/api/v1/events', agent: false }),
      'response',
    )) as [IncomingMessage];
    expect(response.headers['content-type']).toBe('text/event-stream');
    const names: string[] = [];
    for await (const line of createInterface(response)) {
      const [, field, value = ''] = /^(event|data): (.*)$/.exec(line) ?? [];
      if (field === 'event') names.push(value);
      if (field === 'data') expect(findSchemaFaults('NewsAnswer', JSON.parse(value))).toEqual([]);
      // The load of a machine that runs tests never stands still.
      if (field === 'data' && names.length === 2) break;
    }
    expect(names).toEqual(['snapshot', 'change']);
    response.destroy();
  });

  test('what another kind of client asks is answered as well', async () => {
    expect(await askHttp(place, '/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    const head = await askHttp(place, '/api/v1/nodes', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(Number(head.headers['content-length'])).toBeGreaterThan(100);
    expect(await askHttp(place, '/api/v1/events', { method: 'HEAD' })).toMatchObject({
      status: 405,
    });
  });
});

describe('the files of the page', () => {
  const gzip = { 'Accept-Encoding': 'br, gzip;q=0.8' };

  test.each(['/', '/app.js', '/style.css', '/icon.svg'])('%s', async (path) => {
    const plain = await askHttp(place, path);
    const compressed = await askHttp(place, path, { headers: gzip });
    expect(plain.status).toBe(200);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(compressed.headers['content-encoding']).toBe('gzip');
    const lengths = [compressed, plain].map(({ headers }) => Number(headers['content-length']));
    expect(lengths[0]).toBeLessThan(lengths[1]!);
    // Who has a form of it is told so, and gets nothing else; the forms are told apart.
    for (const [answer, headers] of [
      [plain, {}],
      [compressed, gzip],
    ] as const) {
      const tag = String(answer.headers['etag']);
      const again = await askHttp(place, path, { headers: { ...headers, 'If-None-Match': tag } });
      expect(again).toMatchObject({ status: 304, body: '' });
    }
    expect(compressed.headers['etag']).not.toBe(plain.headers['etag']);
    const refused = await askHttp(place, path, { headers: { 'Accept-Encoding': 'gzip;q=0' } });
    expect(refused.headers['content-encoding']).toBeUndefined();
  });
});

describeWith(['prometheus'], 'promtool', () => {
  test('finds nothing wrong with the metrics', async () => {
    const { body, headers } = await askHttp(place, '/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toContain('dsh_node_up{node="h2"} 1');
    const result = await runCommand(['promtool', 'check', 'metrics'], { input: body });
    expect(result).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });
});

describe('bad callers', () => {
  const sockets: Socket[] = [];

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  function open(text = ''): Socket {
    const socket = connect(place.port, place.address);
    socket.on('error', () => {});
    socket.write(text);
    sockets.push(socket);
    return socket;
  }

  const refused: [what: string, request: string, status: number][] = [
    ['another host', 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n', 421],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['no host in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 421],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n', 421],
    ['a POST', 'POST /api/v1/nodes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n', 405],
    ['a method nobody has', 'BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400],
    ['no HTTP', 'EHLO localhost\r\n\r\n', 400],
    ['a huge header', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a huge path', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
    [
      'another site',
      'GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n\r\n',
      403,
    ],
  ];
  test.each(refused)('%s', async (_what, request, status) => {
    expect(await sendRaw(place, request)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test.each([
    '/../package.json',
    '/..%2f..%2fpackage.json',
    '/web/index.html',
    '/index.html/',
    '//etc/passwd',
    '/index.html.gz',
    '/%00',
    '/api',
    '/api/v1/',
    '/api/v1/nodes/',
    'http://evil.example/api/v1/nodes',
    '*',
  ])('%s is nowhere', async (path) => {
    expect(await askHttp(place, path)).toMatchObject({ status: 404 });
  });

  test('an answer may neither be framed nor read by others, nor taken for what it is not', async () => {
    for (const path of ['/', '/api/v1/nodes', '/nowhere', '/metrics']) {
      const { headers } = await askHttp(place, path);
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; .*frame-ancestors/);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('300 streams: those beyond 128 are refused, and others are served', async () => {
    const request = 'GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n';
    await waitUntil('those of before to be forgotten', async () =>
      (await askHttp(place, '/metrics')).body.includes('dshd_event_streams 0'),
    );
    const firstLines = Array.from({ length: 300 }, async () => {
      const [bytes] = (await once(open(request), 'data')) as [Buffer];
      return bytes.toString().split('\r\n')[0]!;
    });
    const statuses = await Promise.all(firstLines);
    expect(statuses.filter((line) => line.includes(' 200 '))).toHaveLength(128);
    expect(statuses.filter((line) => line.includes(' 503 '))).toHaveLength(172);
    expect((await askHttp(place, '/healthz')).status).toBe(200);
    for (const socket of sockets.splice(0)) socket.destroy();
    await waitUntil('the daemon to forget them', async () =>
      (await askHttp(place, '/metrics')).body.includes('dshd_event_streams 0'),
    );
  });

  test('who never ends a request is put out, and keeps nobody else from an answer', async () => {
    const slow = Array.from({ length: 200 }, () => open('GET / HTTP/1.1\r\nHost: localho'));
    const ends = slow.map((socket) => once(socket.resume(), 'close'));
    expect((await askHttp(place, '/healthz')).status).toBe(200);
    await Promise.all(ends);
  });
});

describe('the port', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dshd-http-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Starts a daemon in the background, has `look` look at it, and ends it. */
  async function withDaemon(
    address: string,
    words: readonly string[],
    look: (log: string) => Promise<void>,
  ): Promise<void> {
    const where = ['--listen', address, '--socket', join(directory, 'dshd.sock')];
    const program = join(projectDirectory, 'dist/dshd.js');
    const started = await runCommand([process.execPath, program, '-b', '-p', ...where, ...words]);
    expect(started).toMatchObject({ status: 0 });
    const identity = readProcess(Number(started.stdout))!;
    try {
      await look(started.stderr);
    } finally {
      process.kill(identity.pid, 'SIGTERM');
      await waitUntil('the daemon to end', () => !isAlive(identity));
    }
  }

  test('is not there with --http-port 0', async () => {
    const network = await claimNetwork(1);
    await withDaemon(network.address(1), ['--http-port', '0'], async () => {
      expect(await acceptsConnections(network.address(1), ports.http)).toBe(false);
    });
    await network.release();
  });

  test('taken: a warning where it is the default one, an error where it was asked for', async () => {
    const network = await claimNetwork(1);
    const address = network.address(1);
    const other = createServer().listen(ports.http, address);
    await once(other, 'listening');
    const log = join(directory, 'log');
    const complaint = new RegExp(
      `cannot use TCP port 8383 of ${address}: already in use: .*--http-port`,
    );
    await withDaemon(address, ['--log', log], async () => {
      const { stdout } = await runCommand(['cat', log]);
      expect(stdout).toMatch(complaint);
      expect(stdout).toMatch(/ started: /);
    });
    const program = join(projectDirectory, 'dist/dshd.js');
    const words = ['--listen', address, '--socket', join(directory, 's'), '--http-port', '8383'];
    const result = await runCommand([process.execPath, program, ...words]);
    expect(result).toMatchObject({ status: 1, stdout: '' });
    expect(result.stderr).toMatch(complaint);
    expect(result.stderr).toMatch(/^dshd: [^\n]*\n$/);
    other.close();
    await network.release();
  });
});
