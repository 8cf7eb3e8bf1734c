/** The Unix socket for clients of this host; `core/wire/control.ts` is the protocol. */
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import {
  CONTROL_REQUEST_BYTES_MAX,
  type ControlReply,
  type ControlRequest,
} from '../core/wire/control.ts';
import { decodeControlRequest } from '../core/wire/control-request.ts';
import { createLineSplitter } from '../node/line-splitter.ts';
import { bindError, describeError } from './setup-error.ts';

const BACKLOG_BYTES_MAX = 1024 * 1024;
const CLIENTS_MAX = 4096;

export interface LocalSocketHandlers {
  onOpen(client: number): void;
  onRequest(client: number, request: ControlRequest): void;
  onClose(client: number): void;
}

export interface LocalSocket {
  reply(client: number, reply: ControlReply): void;
  close(): void;
}

/** Throws an Error of one line if the socket cannot be had. Client numbers start at 1. */
export async function openLocalSocket(
  path: string,
  handlers: LocalSocketHandlers,
): Promise<LocalSocket> {
  const clients = new Map<number, Attended>();
  let lastClient = 0;
  await makeRoom(path);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    lastClient += 1;
    const client = lastClient;
    clients.set(
      client,
      attend(socket, client, handlers, () => clients.delete(client)),
    );
  });
  server.maxConnections = CLIENTS_MAX;
  server.listen(path);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw bindError(`socket ${path}`, '--socket', error);
  }
  // Everybody on this host may ask where to run; running is ssh's affair.
  chmodSync(path, 0o666);
  server.on('error', () => {});

  return {
    reply(client, reply) {
      clients.get(client)?.reply(reply);
    },
    close() {
      // Closing the server removes the path.
      server.close();
      for (const { socket } of clients.values()) socket.destroy();
    },
  };
}

type ErrorReply = { op: 'error'; id: number | undefined; reason: string };

interface Attended {
  readonly socket: Socket;
  reply(reply: ControlReply): void;
}

function attend(
  socket: Socket,
  client: number,
  handlers: LocalSocketHandlers,
  forget: () => void,
): Attended {
  const splitter = createLineSplitter(CONTROL_REQUEST_BYTES_MAX);
  let unanswered = 0;
  let hasEnded = false;

  function reply(line: ControlReply): void {
    unanswered -= 1;
    socket.write(`${JSON.stringify(line)}\n`);
    if (hasEnded && unanswered === 0) socket.end();
  }

  handlers.onOpen(client);
  socket.on('data', (bytes) => {
    for (const line of splitter.push(bytes)) {
      const decoded = decodeControlRequest(line);
      if (!decoded.ok) {
        const { id, reason } = decoded;
        socket.write(`${JSON.stringify({ op: 'error', id, reason } satisfies ErrorReply)}\n`);
        continue;
      }
      if ('id' in decoded.request) unanswered += 1;
      handlers.onRequest(client, decoded.request);
    }
    if (splitter.error() !== undefined) socket.destroy();
    // Whoever does not read its answers is not asked for more questions.
    else if (socket.writableLength > BACKLOG_BYTES_MAX) socket.pause();
  });
  socket.on('drain', () => socket.resume());
  // A client that has said all may still wait for answers, as `echo ... | nc -U` does.
  socket.on('end', () => {
    hasEnded = true;
    if (unanswered === 0) socket.end();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    forget();
    handlers.onClose(client);
  });
  return { socket, reply };
}

/** Of root's socket everybody may know; a user's own directory is the user's alone. */
function makeDirectory(path: string): void {
  mkdirSync(path);
  chmodSync(path, process.getuid?.() === 0 ? 0o755 : 0o700);
}

/** Makes the directory, and removes the socket of a daemon that is gone. */
async function makeRoom(path: string): Promise<void> {
  try {
    if (!existsSync(dirname(path))) makeDirectory(dirname(path));
  } catch (error) {
    throw new Error(
      `cannot make ${dirname(path)}: ${describeError(error)}: choose another with --socket`,
      { cause: error },
    );
  }
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found?.isSocket()) return;
  const probe = connect(path);
  try {
    await once(probe, 'connect');
  } catch {
    unlinkSync(path);
    return;
  } finally {
    probe.destroy();
  }
  throw new Error(`socket ${path}: another dshd answers there: stop it, or choose --socket PATH`);
}
