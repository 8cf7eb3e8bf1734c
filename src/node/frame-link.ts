/** Frames over a pair of byte streams: a socket, or the two pipes of an ssh. */
import type { Readable, Writable } from 'node:stream';
import { encodeFrame, type Frame } from '../core/wire/frame.ts';
import { createFrameSplitter } from '../core/wire/frame-splitter.ts';

export interface FrameLink {
  /** Queues a frame; all frames of one turn of the event loop leave in one write. */
  send(job: number, frame: Frame): void;
  /** Sends what is queued, then closes our direction. */
  end(): void;
  /** Drops the link at once. `onClose` is called, as after any other end. */
  destroy(): void;
  /** Bytes handed to the stream and not yet taken by the system. */
  backlogBytes(): number;
}

export interface FrameLinkHandlers {
  /** The frame's bytes are valid during the call only: copy what is kept. */
  onFrame(job: number, frame: Frame): void;
  /** Called once: the other side closed, broke the protocol (`reason` says how), or is gone. */
  onClose(reason: string): void;
}

const COPIED_BYTES_MAX = 8192;

export function createFrameLink(
  input: Readable,
  output: Writable,
  handlers: FrameLinkHandlers,
): FrameLink {
  const splitter = createFrameSplitter();
  let queue: Uint8Array[] = [];
  let closed = false;
  let ending = false;

  function flush(): void {
    if (closed || queue.length === 0) return;
    const frames = queue;
    queue = [];
    // Small ones are sooner copied into one than handed to the system one by one.
    if (frames.every(({ byteLength }) => byteLength < COPIED_BYTES_MAX)) {
      output.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
      return;
    }
    output.cork();
    for (const frame of frames) output.write(frame);
    output.uncork();
  }

  function close(reason: string): void {
    if (closed) return;
    closed = true;
    queue = [];
    input.destroy();
    output.destroy();
    handlers.onClose(reason);
  }

  function onData(piece: Buffer): void {
    for (const { job, frame } of splitter.push(piece)) {
      if (closed) return;
      handlers.onFrame(job, frame);
    }
    const error = splitter.error();
    if (error !== undefined) close(`protocol error: ${error}`);
  }

  input.on('data', onData);
  input.on('end', () => close('closed by the other side'));
  input.on('close', () => close('closed by the other side'));
  input.on('error', (error) => close(error.message));
  output.on('error', (error) => {
    // The other side may have sent its last words before it went: they are read to their end.
    if ((output as unknown) === input) close(error.message);
    else ending = true;
  });

  return {
    send(job, frame) {
      if (closed || ending) return;
      if (queue.length === 0) process.nextTick(flush);
      queue.push(encodeFrame(job, frame));
    },
    end() {
      if (closed || ending) return;
      ending = true;
      flush();
      output.end();
    },
    destroy: () => close('closed by this side'),
    backlogBytes: () => output.writableLength,
  };
}
