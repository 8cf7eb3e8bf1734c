/**
 * `dshd -b`: the daemon is started as a child in a session of its own, and the parent ends when the
 * child has said that all is set up, or why not. So a script that starts dshd knows at once.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { closeInheritedDescriptors } from '../node/inherited-descriptors.ts';

/** Set in the child: the file descriptor on which it reports. */
const REPORT_VARIABLE = 'DSHD_REPORT_FD';
const REPORT_FD = 3;
const READY = 'ready';

export type StartReport =
  | { readonly ok: true; readonly pid: number }
  | { readonly ok: false; readonly reason: string };

/** Starts this program again with `words` in the background and waits for its report. */
export async function startInBackground(words: readonly string[]): Promise<StartReport> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...words], {
    detached: true,
    env: { ...process.env, [REPORT_VARIABLE]: String(REPORT_FD) },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const failed = once(child, 'error').then(([error]) => String(error));
  const report = await Promise.race([readAll(child.stdio[REPORT_FD] as Socket), failed]);
  child.unref();
  if (report === READY) return { ok: true, pid: child.pid! };
  return { ok: false, reason: report || 'dshd ended before it was set up' };
}

/** In the child: tells the parent how it went and lets it go. In the foreground: undefined. */
export function openReport(): ((failure?: string) => void) | undefined {
  const descriptor = process.env[REPORT_VARIABLE];
  if (descriptor === undefined) return undefined;
  delete process.env[REPORT_VARIABLE];
  closeInheritedDescriptors([REPORT_FD]);
  const socket = new Socket({ fd: Number(descriptor), readable: false, writable: true });
  socket.on('error', () => {});
  return (failure = READY) => socket.end(failure);
}

async function readAll(stream: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  await once(stream, 'close');
  return Buffer.concat(pieces).toString('utf8');
}
