/**
 * HTTP on loopback: the web page, the API under /api/v1, metrics. It reads and changes nothing.
 * `guard.ts` says who is let in.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { bindError } from '../setup-error.ts';
import { refusal, sendAnswer } from './answer.ts';
import { createEventStreams, type EventStreams } from './events.ts';
import { findRefusal, isLoopback } from './guard.ts';
import { createPage, type Page } from './page.ts';
import { answerRoute, type Sources, tellJobs, tellNodes } from './routes.ts';

const CONNECTIONS_MAX = 512;
const HEADER_BYTES_MAX = 8192;
/** Who takes longer to say what he wants is put out. */
const REQUEST_MS_MAX = 10_000;
/** Neither side has sent anything; streams of events have a heartbeat. */
const SILENCE_MS_MAX = 30_000;

export interface HttpOptions {
  readonly port: number;
  /** `--listen`, which does not lead beyond loopback here. */
  readonly listen: string | undefined;
  /** Where the build left the page. */
  readonly pageDirectory: string;
  readonly sources: Omit<Sources, 'streams'>;
}

/** Throws an Error of one line if the port cannot be had. */
export async function openHttp(options: HttpOptions): Promise<{ close(): void }> {
  const { port, listen, pageDirectory } = options;
  const sources: Sources = { ...options.sources, streams: () => streams.count() };
  const streams = createEventStreams(() => {
    const [nodes, jobs] = [tellNodes(sources), tellJobs(sources)];
    return nodes && jobs && { ...nodes, ...jobs };
  });
  const page = createPage(pageDirectory);
  const server = createServer(
    {
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: REQUEST_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      connectionsCheckingInterval: REQUEST_MS_MAX / 2,
    },
    (request, response) => respond(request, response, { sources, streams, page }),
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.setTimeout(SILENCE_MS_MAX);
  await bind(server, port, listen !== undefined && isLoopback(listen) ? listen : '127.0.0.1');
  return {
    close() {
      server.close();
      streams.close();
      server.closeAllConnections();
    },
  };
}

interface Parts {
  readonly sources: Sources;
  readonly streams: EventStreams;
  readonly page: Page;
}

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  { sources, streams, page }: Parts,
): void {
  response.on('error', () => response.destroy());
  // Nobody has to send a body with a question; what comes is thrown away.
  request.resume();
  const isHead = request.method === 'HEAD';
  const refused = findRefusal(request);
  if (refused) {
    response.setHeader('Connection', 'close');
    sendAnswer(response, refused, isHead);
    return;
  }
  const [path = '', search = ''] = (request.url ?? '').split('?', 2);
  if (path === '/api/v1/events') {
    if (!isHead && streams.open(response)) return;
    const busy = refusal(503, 'too many streams of events are open', { 'Retry-After': '10' });
    const endless = refusal(405, 'method HEAD: expected GET of a stream', { Allow: 'GET' });
    sendAnswer(response, isHead ? endless : busy, isHead);
    return;
  }
  const answer =
    answerRoute(sources, path, new URLSearchParams(search)) ??
    page.answer(path, request.headers) ??
    refusal(404, 'nothing is here; docs/http.md of dsh lists what is');
  sendAnswer(response, answer, isHead);
}

async function bind(server: Server, port: number, host: string): Promise<void> {
  server.listen({ port, host, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw bindError(`TCP port ${port} of ${host}`, '--http-port', error);
  }
  // Accepting fails when files run out; the next client may be luckier.
  server.on('error', () => {});
}
