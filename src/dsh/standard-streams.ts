/**
 * Standard input and output as streams that leave no trace on what other processes share with us.
 *
 * process.stdin and process.stdout make a pipe non-blocking, and that flag belongs to the pipe's
 * open file, which `make` and every `dsh` that it started share: one of them then fails with EAGAIN
 * ("make: write error"). So a pipe is opened anew through /proc, as libuv itself does with a
 * terminal. A socket cannot be; its flag is set back when Node ends.
 */
import {
  constants,
  createReadStream,
  createWriteStream,
  fstatSync,
  openSync,
  readlinkSync,
} from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { isatty, WriteStream } from 'node:tty';

export function openInput(): Readable {
  if (isatty(0)) return process.stdin;
  const status = fstatSync(0);
  if (status.isFIFO()) return new Socket({ fd: reopen(0, constants.O_RDONLY), writable: false });
  if (status.isSocket()) return new Socket({ fd: 0, readable: true, writable: false });
  return createReadStream('', { fd: 0, autoClose: false });
}

/** Descriptor 0 is an output only where it is a terminal. */
export function openOutput(fd: 0 | 1 | 2): Writable {
  if (isatty(fd)) return terminalOutput(fd);
  const status = fstatSync(fd);
  if (status.isFIFO()) return new Socket({ fd: reopen(fd, constants.O_WRONLY), readable: false });
  if (status.isSocket()) return new Socket({ fd, readable: false, writable: true });
  return createWriteStream('', { fd, autoClose: false });
}

/**
 * Node waits for a terminal that takes nothing (^S), and meanwhile hears no signal. Not to wait is a
 * property of the open file, so that is opened anew here as well.
 */
function terminalOutput(fd: 0 | 1 | 2): Writable {
  try {
    const access = constants.O_WRONLY | constants.O_NOCTTY;
    const stream: ImpatientStream = new WriteStream(openSync(`/proc/self/fd/${fd}`, access));
    stream['_handle']?.setBlocking(false);
    return stream;
  } catch {
    // Another user's terminal, as under su.
    return new WriteStream(fd);
  }
}

/** What Node has, and does not declare. */
type ImpatientStream = WriteStream & {
  readonly _handle?: { setBlocking(isBlocking: boolean): void };
};

/**
 * Resolves when all that was written has left, or never will; to one who is not patient, also when
 * nothing has left for a while.
 */
export async function flushOutputs(
  outputs: readonly Writable[],
  isPatient: boolean,
): Promise<void> {
  const flushed = Promise.all(outputs.map(flushOutput));
  await (isPatient ? flushed : Promise.race([flushed, awaitStandstill(outputs)]));
}

/** A reader that is alive takes something within this, even when the machine is busy. */
const STANDSTILL_MS = 1000;

async function awaitStandstill(outputs: readonly Writable[]): Promise<void> {
  const countBytes = (): number => outputs.reduce((sum, each) => sum + each.writableLength, 0);
  for (let before = Number.POSITIVE_INFINITY; countBytes() < before; ) {
    before = countBytes();
    await delay(STANDSTILL_MS);
  }
}

function flushOutput(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (output.destroyed || output.writableLength === 0) return resolve();
    output.once('close', resolve);
    output.write('', () => resolve());
  });
}

function reopen(fd: number, access: number): number {
  const path = `/proc/self/fd/${fd}`;
  // A named pipe opened anew would wait for the other side, or not notice that it is gone.
  if (!readlinkSync(path).startsWith('pipe:')) return fd;
  try {
    return openSync(path, access | constants.O_NONBLOCK);
  } catch {
    // Another user's pipe, as under sudo, or one whose reader is gone.
    return fd;
  }
}
