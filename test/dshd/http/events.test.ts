/** Streams of events with a server and clients that are real, and news that the test makes. */
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../../lab/wait.ts';
import type { NewsAnswer } from '../../../src/core/wire/web-api.ts';
import { createEventStreams, type EventStreams } from '../../../src/dshd/http/events.ts';
import { madeUpJob, madeUpNode } from '../../support/made-up-views.ts';

let news: NewsAnswer;
let streams: EventStreams;
let server: Server;

beforeEach(async () => {
  news = { self: 'n1', nodes: [madeUpNode('n1'), madeUpNode('n2')], jobs: [] };
  streams = createEventStreams(() => news);
  server = createServer((_request, response) => {
    if (!streams.open(response)) response.writeHead(503).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  streams.close();
  server.close();
  server.closeAllConnections();
});

async function connect(): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo;
  const [response] = (await once(get({ host: '127.0.0.1', port, agent: false }), 'response')) as [
    IncomingMessage,
  ];
  response.on('error', () => {});
  return response;
}

interface Told {
  readonly event: string;
  readonly news: NewsAnswer;
}

/** Each call waits for the next event. */
async function listen(): Promise<() => Promise<Told>> {
  const response = await connect();
  const lines = createInterface(response)[Symbol.asyncIterator]();
  return async () => {
    let event = '';
    for (;;) {
      const { value = '', done } = await lines.next();
      if (done) throw new Error('the stream has ended');
      if (value.startsWith('event: ')) event = value.slice('event: '.length);
      if (value.startsWith('data: ')) {
        return { event, news: JSON.parse(value.slice('data: '.length)) as NewsAnswer };
      }
    }
  };
}

describe('a stream of events', () => {
  it('begins with everything, and goes on with what has changed', async () => {
    const next = await listen();
    expect(await next()).toEqual({ event: 'snapshot', news });
    news = { ...news, nodes: [madeUpNode('n1'), madeUpNode('n2', { state: 'silent' })] };
    const change = await next();
    expect(change.event).toBe('change');
    expect(change.news).toEqual({ ...news, nodes: [madeUpNode('n2', { state: 'silent' })] });
    news = { ...news, jobs: [madeUpJob(7)] };
    expect((await next()).news).toEqual({ ...news, nodes: [], jobs: [madeUpJob(7)] });
    news = { ...news, jobs: [madeUpJob(7, { endedSecondsAgo: 1, outcome: 'exited 0' })] };
    expect((await next()).news.jobs).toMatchObject([{ job: 7, outcome: 'exited 0' }]);
  });

  it('tells a change to all, also when it is noticed because one more has come', async () => {
    const first = await listen();
    await first();
    news = { ...news, nodes: [madeUpNode('n1'), madeUpNode('n2', { jobs: 3 })] };
    const second = await listen();
    expect((await second()).event).toBe('snapshot');
    expect((await first()).news.nodes).toMatchObject([{ name: 'n2', jobs: 3 }]);
  });

  it('begins again when a node has left the cluster file', async () => {
    const next = await listen();
    await next();
    news = { ...news, nodes: [madeUpNode('n1')] };
    expect(await next()).toEqual({ event: 'snapshot', news });
  });

  it('puts out who does not read', async () => {
    const stalled = await connect();
    stalled.pause();
    const reader = await listen();
    await reader();
    for (let count = 1; streams.count() > 1; count += 1) {
      const note = String(count).repeat(4e6);
      news = { ...news, nodes: [madeUpNode('n1', { note, jobs: count }), madeUpNode('n2')] };
      await reader();
    }
    expect(streams.count()).toBe(1);
  });

  it('has room for 128, and again when one of them goes', async () => {
    const open = await Promise.all(Array.from({ length: 128 }, connect));
    const late = await connect();
    expect(late.statusCode).toBe(503);
    open[0]!.destroy();
    await waitUntil('the daemon to notice', () => streams.count() === 127);
    expect((await connect()).statusCode).toBe(200);
  });
});
