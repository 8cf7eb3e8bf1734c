/**
 * The Unix sockets for clients of this host; `core/wire/control.ts` is the protocol. Node.js cannot
 * say who has connected, so what only root and the daemon's own user may ask has a socket of its own,
 * which nobody else can open.
 */
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import {
  ADMIN_SUFFIX,
  administratorOps,
  CONTROL_REQUEST_BYTES_MAX,
  type ControlReply,
  type ControlRequest,
} from '../core/wire/control.ts';
import { type DecodedRequest, decodeControlRequest } from '../core/wire/control-request.ts';
import { createLineSplitter } from '../node/line-splitter.ts';
import { checkSocketPath } from '../node/runtime-directory.ts';
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

const everybody = 0o666;
const owner = 0o600;

/** Throws an Error of one line if a socket cannot be had. Client numbers start at 1. */
export async function openLocalSocket(
  path: string,
  handlers: LocalSocketHandlers,
): Promise<LocalSocket> {
  const checked = checkSocketPath(`${path}${ADMIN_SUFFIX}`);
  if (!checked.ok) throw new Error(`${checked.reason}: choose another with --socket`);
  const clients = new Map<number, Attended>();
  let lastClient = 0;
  const admit = (socket: Socket, mayAdminister: boolean): void => {
    lastClient += 1;
    const client = lastClient;
    const forget = (): void => void clients.delete(client);
    clients.set(client, attend(socket, { client, mayAdminister, handlers, forget }));
  };
  // Everybody on this host may ask where to run; running is ssh's affair.
  const servers = [await listen(path, everybody, (socket) => admit(socket, false))];
  try {
    servers.push(await listen(`${path}${ADMIN_SUFFIX}`, owner, (socket) => admit(socket, true)));
  } catch (error) {
    servers[0]!.close();
    throw error;
  }

  return {
    reply(client, reply) {
      clients.get(client)?.reply(reply);
    },
    close() {
      // Closing the servers removes the paths.
      for (const server of servers) server.close();
      for (const { socket } of clients.values()) socket.destroy();
    },
  };
}

async function listen(
  path: string,
  mode: number,
  admit: (socket: Socket) => void,
): Promise<Server> {
  await makeRoom(path);
  const server = createServer({ allowHalfOpen: true }, admit);
  server.maxConnections = CLIENTS_MAX;
  // Until it has its mode, nobody else is to get in.
  const umask = process.umask(0o177);
  try {
    server.listen(path);
    await once(server, 'listening');
  } catch (error) {
    throw bindError(`socket ${path}`, '--socket', error);
  } finally {
    process.umask(umask);
  }
  chmodSync(path, mode);
  server.on('error', () => {});
  return server;
}

type ErrorReply = { op: 'error'; id: number | undefined; reason: string };

interface Attended {
  readonly socket: Socket;
  reply(reply: ControlReply): void;
}

interface Attendance {
  readonly client: number;
  readonly mayAdminister: boolean;
  readonly handlers: LocalSocketHandlers;
  forget(): void;
}

function attend(socket: Socket, { client, mayAdminister, handlers, forget }: Attendance): Attended {
  const splitter = createLineSplitter(CONTROL_REQUEST_BYTES_MAX);
  let lines: string[] = [];
  let unanswered = 0;
  let hasEnded = false;

  function reply(line: ControlReply): void {
    unanswered -= 1;
    socket.write(`${JSON.stringify(line)}\n`);
    endIfDone();
  }

  /** A client that has said all may still wait for answers, as `echo ... | nc -U` does. */
  function endIfDone(): void {
    if (hasEnded && unanswered === 0 && lines.length === 0) socket.end();
  }

  function take(line: string): void {
    const decoded = permit(decodeControlRequest(line), mayAdminister);
    if (decoded.ok) {
      if ('id' in decoded.request) unanswered += 1;
      handlers.onRequest(client, decoded.request);
      return;
    }
    const { id, reason } = decoded;
    socket.write(`${JSON.stringify({ op: 'error', id, reason } satisfies ErrorReply)}\n`);
  }

  /** Whoever does not read its answers gets no more of them: a large cluster makes them long. */
  function takeLines(): void {
    let taken = 0;
    while (taken < lines.length && socket.writableLength <= BACKLOG_BYTES_MAX) {
      taken += 1;
      take(lines[taken - 1]!);
    }
    lines = lines.slice(taken);
    if (splitter.error() !== undefined) socket.destroy();
    else if (lines.length > 0) socket.pause();
    else socket.resume();
    endIfDone();
  }

  handlers.onOpen(client);
  socket.on('data', (bytes) => {
    lines.push(...splitter.push(bytes));
    takeLines();
  });
  socket.on('drain', takeLines);
  socket.on('end', () => {
    hasEnded = true;
    endIfDone();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    forget();
    handlers.onClose(client);
  });
  return { socket, reply };
}

function permit(decoded: DecodedRequest, mayAdminister: boolean): DecodedRequest {
  if (mayAdminister || !decoded.ok || !administratorOps.includes(decoded.request.op))
    return decoded;
  const { op } = decoded.request;
  const reason = `${op}: only over the socket whose name ends with ${ADMIN_SUFFIX}`;
  return 'id' in decoded.request ? { ok: false, reason, id: decoded.request.id } : decoded;
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
  } catch (error) {
    // Nothing else says that nobody listens any more: EAGAIN comes from a daemon too busy to accept.
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') {
      throw bindError(`socket ${path}`, '--socket', error);
    }
    unlinkSync(path);
    return;
  } finally {
    probe.destroy();
  }
  throw new Error(`socket ${path}: another dshd answers there: stop it, or choose --socket PATH`);
}
