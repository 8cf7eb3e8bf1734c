/** The daemon as a test plays it: over TCP it prints lines, on its Unix socket it answers JSON. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { ControlReply, ControlRequest, NodeView } from '../../src/core/wire/control.ts';
import { createLineSplitter } from '../../src/node/line-splitter.ts';

export function nodeView(name: string, figures: Partial<NodeView> = {}): NodeView {
  return {
    name,
    state: 'ok',
    destination: `user@${name}`,
    load: 0,
    loadavg: 0,
    cpus: 4,
    freeBytes: 2 ** 31,
    totalBytes: 2 ** 32,
    jobs: 0,
    loadWeight: 1,
    memoryWeight: 1,
    ageSeconds: 0.1,
    cost: 1,
    self: false,
    note: '',
    ...figures,
  };
}

export interface TestDaemon {
  readonly port: number;
  /** What clients told or asked, in order. */
  readonly requests: readonly ControlRequest[];
  close(): Promise<void>;
}

/** Prints `text` to each who connects. */
export async function startLineDaemon(text: string): Promise<TestDaemon> {
  return listen(
    createServer((socket) => {
      socket.on('error', () => {});
      socket.end(text);
    }),
    { port: 0, host: '127.0.0.1' },
    [],
  );
}

export async function startControlDaemon(
  path: string,
  answer: (request: ControlRequest) => ControlReply | undefined,
): Promise<TestDaemon> {
  const requests: ControlRequest[] = [];
  const server = createServer((socket) => {
    const lines = createLineSplitter(65_536);
    socket.on('error', () => {});
    socket.on('data', (piece: Buffer) => {
      for (const line of lines.push(piece)) {
        const request = JSON.parse(line) as ControlRequest;
        requests.push(request);
        const reply = answer(request);
        if (reply) socket.write(`${JSON.stringify(reply)}\n`);
      }
    });
  });
  return listen(server, { path }, requests);
}

async function listen(
  server: Server,
  where: { readonly path: string } | { readonly port: number; readonly host: string },
  requests: readonly ControlRequest[],
): Promise<TestDaemon> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await once(server.listen(where), 'listening');
  return {
    port: 'path' in where ? 0 : (server.address() as AddressInfo).port,
    requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
