/** Connects to the agent, and starts it if there is none. */
import { lstatSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Result } from '../core/result.ts';
import { type Frame, PROTOCOL_VERSION } from '../core/wire/frame.ts';
import { createFrameLink, type FrameLink } from '../node/frame-link.ts';
import { systemReason } from '../node/system-reason.ts';
import { type StartedAgent, startAgentProcess } from './start-agent.ts';
import { type StartLock, takeStartLock } from './start-lock.ts';

export const CONNECT_DEADLINE_MS = 10_000;
const POLL_MS = 10;

export interface AgentHandlers {
  /** A frame after HELLO. Its bytes are valid during the call only. */
  onFrame(frame: Frame): void;
  /** The agent is gone; not called before the link was handed out. */
  onClose(reason: string): void;
}

/** Resolves once both sides have said HELLO. */
export async function connectAgent(
  socketPath: string,
  handlers: AgentHandlers,
): Promise<Result<FrameLink>> {
  const deadlineMs = performance.now() + CONNECT_DEADLINE_MS;
  let lock: StartLock | undefined;
  let agent: StartedAgent | undefined;
  try {
    for (;;) {
      const attempt = await attemptConnect(socketPath, handlers, deadlineMs);
      if (attempt.kind === 'connected') return { ok: true, value: attempt.link };
      const failure = attempt.kind === 'failed' ? attempt.reason : agent?.failure();
      if (failure !== undefined) return { ok: false, reason: failure };
      if (performance.now() > deadlineMs) return { ok: false, reason: explainSilence(socketPath) };
      if (attempt.kind === 'absent' && !lock) {
        lock = takeStartLock(lockPath(socketPath));
        // Who held it until now may have started the agent after our attempt: look again first.
        if (lock) continue;
      } else if (attempt.kind === 'absent') {
        agent ??= startAgentProcess(socketPath);
      }
      await delay(POLL_MS);
    }
  } catch (error) {
    return { ok: false, reason: `cannot start the agent: ${explainError(error)}` };
  } finally {
    lock?.release();
  }
}

type Attempt =
  | { readonly kind: 'connected'; readonly link: FrameLink }
  /** Nobody listens, or he who did has just ended. */
  | { readonly kind: 'absent' }
  /** Somebody listens, but his queue is full. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly reason: string };

function attemptConnect(
  socketPath: string,
  handlers: AgentHandlers,
  deadlineMs: number,
): Promise<Attempt> {
  return new Promise((resolve) => {
    let isOpen = false;
    const socket = connect(socketPath);
    socket.on('error', (error) => resolve(judgeError(socketPath, error)));
    socket.on('connect', () => {
      if (isForeign(socketPath)) {
        socket.destroy();
        resolve(cannotConnect(socketPath, 'Operation not permitted'));
        return;
      }
      const link = createFrameLink(socket, socket, { onFrame, onClose });
      link.send(0, { type: 'hello', version: PROTOCOL_VERSION, capabilities: 0 });
      const timer = setTimeout(() => {
        resolve({ kind: 'failed', reason: explainSilence(socketPath) });
        link.destroy();
      }, deadlineMs - performance.now());

      function onFrame(_job: number, frame: Frame): void {
        if (isOpen) return handlers.onFrame(frame);
        clearTimeout(timer);
        if (frame.type === 'hello' && frame.version === PROTOCOL_VERSION) {
          isOpen = true;
          resolve({ kind: 'connected', link });
        } else {
          resolve({ kind: 'failed', reason: explainGreeting(socketPath, frame) });
          link.destroy();
        }
      }

      function onClose(reason: string): void {
        clearTimeout(timer);
        if (isOpen) handlers.onClose(reason);
        else if (!reason.startsWith('protocol error')) resolve({ kind: 'absent' });
        else
          resolve({ kind: 'failed', reason: `no agent, but something else is at ${socketPath}` });
      }
    });
  });
}

function judgeError(socketPath: string, error: NodeJS.ErrnoException): Attempt {
  // A file that is no socket refuses connections as a dead socket does, and is to be left alone.
  if (error.code === 'ECONNREFUSED' && isNoSocket(socketPath)) {
    return cannotConnect(socketPath, 'Socket operation on non-socket');
  }
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') return { kind: 'absent' };
  if (error.code === 'EAGAIN') return { kind: 'busy' };
  return cannotConnect(socketPath, systemReason(error));
}

function cannotConnect(socketPath: string, reason: string): Attempt {
  return { kind: 'failed', reason: `cannot connect to the agent at ${socketPath}: ${reason}` };
}

/** A command and its environment are told to nobody else. */
function isForeign(path: string): boolean {
  const owner = lstatSync(path, { throwIfNoEntry: false })?.uid;
  return owner !== undefined && owner !== process.getuid!();
}

function isNoSocket(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isSocket();
}

function explainError(error: unknown): string {
  const { path } = error as NodeJS.ErrnoException;
  return path === undefined ? systemReason(error) : `${path}: ${systemReason(error)}`;
}

function explainGreeting(socketPath: string, frame: Frame): string {
  if (frame.type !== 'hello') return `the agent at ${socketPath} sent ${frame.type} before hello`;
  return (
    `the agent at ${socketPath} speaks protocol ${frame.version}, this dsh ${PROTOCOL_VERSION}; ` +
    'end that agent and try again'
  );
}

function explainSilence(socketPath: string): string {
  return (
    `no agent answers at ${socketPath} within ${CONNECT_DEADLINE_MS / 1000} s; ` +
    `if none is being started, remove ${lockPath(socketPath)}`
  );
}

function lockPath(socketPath: string): string {
  return `${socketPath}.lock`;
}
