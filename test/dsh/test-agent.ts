/** The agent as a test plays it: a real socket that speaks frames. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type Command, decodeCommand } from '../../src/core/wire/command.ts';
import { decodeRequest, type Request } from '../../src/core/wire/request.ts';
import { type Frame, PROTOCOL_VERSION } from '../../src/core/wire/frame.ts';
import { createFrameLink, type FrameLink } from '../../src/node/frame-link.ts';

/** The agent's end of one client. */
export interface Client {
  send(frame: Frame): void;
  /** The next frame of that type; others are passed over. */
  expect<T extends Frame['type']>(type: T): Promise<Extract<Frame, { type: T }>>;
  /** Frames seen so far, in order. */
  readonly frames: readonly Frame[];
  readonly request: Request;
  readonly command: Command;
  readonly closed: Promise<void>;
  /** Cuts the connection. */
  destroy(): void;
  /** Stops reading from the client, so that back-pressure reaches it. */
  readonly socket: Socket;
}

export interface TestAgent {
  /** The next client, once its request is here. */
  accept(): Promise<Client>;
  close(): Promise<void>;
}

export async function startTestAgent(path: string, version = PROTOCOL_VERSION): Promise<TestAgent> {
  const clients = createQueue<Client>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    serve(socket, version, (client) => clients.push(client));
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    accept: () => clients.take(),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(socket: Socket, version: number, onRequest: (client: Client) => void): void {
  const frames: Frame[] = [];
  const waiting: { type: string; resolve: (frame: Frame) => void }[] = [];
  let markClosed: () => void;
  const closed = new Promise<void>((resolve) => {
    markClosed = resolve;
  });
  let next = 0;

  function satisfy(): void {
    while (waiting.length > 0 && next < frames.length) {
      const frame = frames[next]!;
      next += 1;
      if (frame.type === waiting[0]!.type) waiting.shift()!.resolve(frame);
    }
  }

  const link: FrameLink = createFrameLink(socket, socket, {
    onFrame(_job, lent) {
      const frame =
        'bytes' in lent && lent.type === 'data'
          ? { ...lent, bytes: Buffer.from(lent.bytes) }
          : lent;
      if (frame.type === 'request') {
        const request = value(decodeRequest(frame.fields.slice()));
        onRequest({
          send: (reply) => link.send(1, reply),
          expect: (type) =>
            new Promise((resolve) => {
              waiting.push({ type, resolve: resolve as (found: Frame) => void });
              satisfy();
            }),
          frames,
          request,
          command: value(decodeCommand(request.command)),
          closed,
          destroy: () => link.destroy(),
          socket,
        });
        return;
      }
      if (frame.type === 'hello') return;
      frames.push(frame);
      satisfy();
    },
    onClose: () => markClosed(),
  });
  link.send(0, { type: 'hello', version, capabilities: 0 });
}

function value<T>(decoded: { ok: true; value: T } | { ok: false; reason: string }): T {
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.value;
}

function createQueue<T>(): { push(item: T): void; take(): Promise<T> } {
  const items: T[] = [];
  const takers: ((item: T) => void)[] = [];
  return {
    push(item) {
      const taker = takers.shift();
      if (taker) taker(item);
      else items.push(item);
    },
    take() {
      const item = items.shift();
      return item === undefined
        ? new Promise((resolve) => takers.push(resolve))
        : Promise.resolve(item);
    },
  };
}
