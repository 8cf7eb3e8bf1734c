/**
 * The agent's Unix socket.
 *
 * It is bound under a name of its own and renamed into place, so that it accepts from the moment
 * it can be found, and a dead socket in its place is replaced without a gap. Of two agents that
 * start at once the later rename wins; the other notices that the path is no longer its own,
 * accepts no more, and ends when its last client has. So neither a lock nor a pid file is needed,
 * and nothing that a killed agent leaves behind hinders the next one.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { checkSocketPath } from '../../node/runtime-directory.ts';

export interface AgentServer {
  /** Accepts no more and removes the socket, if the path is still its own. */
  close(): void;
}

export interface AgentServerHandlers {
  onConnection(socket: Socket): void;
  /** Called once, when clients can reach this server no more. */
  onClose(): void;
}

const OWNERSHIP_CHECK_MS = 3000;

/** Rejects with one line when the socket cannot be made. */
export async function listenAt(path: string, handlers: AgentServerHandlers): Promise<AgentServer> {
  const temporary = join(dirname(path), `.${randomBytes(3).toString('hex')}`);
  // One that is too long would be cut, and bound under what is left of it.
  const checked = checkSocketPath(temporary);
  if (!checked.ok) throw new Error(checked.reason);
  const server = createServer(handlers.onConnection);
  await listen(server, temporary, path);
  chmodSync(temporary, 0o600);
  const identity = readIdentity(temporary);
  moveInto(path, temporary);

  let isClosing = false;
  const timer = setInterval(() => {
    if (readIdentity(path) !== identity) close();
  }, OWNERSHIP_CHECK_MS);

  function close(): void {
    if (isClosing) return;
    isClosing = true;
    clearInterval(timer);
    if (readIdentity(path) === identity) unlinkSync(path);
    // Who connected while the path was ours is in the queue now; closing would turn him away.
    // One turn of the event loop accepts the whole queue.
    setImmediate(() => {
      server.close();
      handlers.onClose();
    });
  }

  return { close };
}

/** Only a socket may be replaced: a wrong DSH_AGENT must not cost somebody a file. */
function moveInto(path: string, temporary: string): void {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found && !found.isSocket()) throw new Error('it is no socket');
    renameSync(temporary, path);
  } catch (error) {
    unlinkSync(temporary);
    throw cannotListen(path, error as Error);
  }
}

function cannotListen(path: string, { message }: Error): Error {
  return new Error(`cannot listen at ${path}: ${message}; DSH_AGENT names another path`);
}

function listen(server: Server, temporary: string, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(path, error)));
    server.listen(temporary, resolve);
  });
}

/** What tells this socket from any other that was or will be at its path; empty: there is none. */
function readIdentity(path: string): string {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  // A freed inode number is soon used again; the time of its making is not.
  return stats ? `${stats.dev} ${stats.ino} ${stats.mtimeNs}` : '';
}
