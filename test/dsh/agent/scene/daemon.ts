/** A small daemon: names the first node of its list that is not excluded. */
import { createServer, type Socket } from 'node:net';
import type { ControlReply, ControlRequest, NodeView } from '../../../../src/core/wire/control.ts';
import { CONTROL_REQUEST_BYTES_MAX } from '../../../../src/core/wire/control.ts';
import { createLineSplitter } from '../../../../src/node/line-splitter.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';

export interface Daemon {
  /** Every request except `place`, as it came. */
  readonly told: Mailbox<ControlRequest>;
  readonly asked: Mailbox<ControlRequest>;
  /** Jobs that were placed and not ended. */
  liveJobs(): number;
  connections(): number;
  close(): Promise<void>;
}

/** @param nodes in the order of the choice; `here` is this machine, `slow-clock` is 2.5 s late. */
export async function startDaemon(path: string, nodes: readonly string[]): Promise<Daemon> {
  const told = createMailbox<ControlRequest>();
  const asked = createMailbox<ControlRequest>();
  const sockets = new Set<Socket>();
  const live = new Set<number>();
  const ranking = nodes.map(viewOf);
  let lastJob = 0;

  function answer(request: ControlRequest): ControlReply | undefined {
    if (request.op !== 'place') {
      told.push(request);
      if (request.op === 'ended' || request.op === 'unreachable') live.delete(request.job);
      return undefined;
    }
    asked.push(request);
    const { id } = request;
    const node = nodes.find((name) => !request.wishes.exclude.includes(name));
    if (!node) return { id, op: 'refused', reason: 'no node is left', ranking };
    lastJob += 1;
    live.add(lastJob);
    const here = node === 'here';
    const skew = node === 'slow-clock' ? { skewMs: -2500 } : {};
    return { id, op: 'placed', job: lastJob, node, destination: node, here, ranking, ...skew };
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    const splitter = createLineSplitter(CONTROL_REQUEST_BYTES_MAX);
    socket.on('data', (piece) => {
      for (const line of splitter.push(piece)) {
        const reply = answer(JSON.parse(line) as ControlRequest);
        if (reply) socket.write(`${JSON.stringify(reply)}\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));

  return {
    told,
    asked,
    liveJobs: () => live.size,
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function viewOf(name: string): NodeView {
  return {
    name,
    state: 'ok',
    destination: name,
    load: 0,
    loadavg: 0,
    cpus: 1,
    freeBytes: 1e9,
    totalBytes: 2e9,
    jobs: 0,
    loadWeight: 1,
    memoryWeight: 1,
    ageSeconds: 0,
    cost: 1,
    self: name === 'here',
    note: '',
  };
}
