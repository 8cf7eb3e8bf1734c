/**
 * The two ends of one stream of a command, used alike by dsh and by the runner: a source turns what
 * it reads into DATA frames as far as credit allows, a sink writes DATA frames out and gives credit
 * back as the bytes leave. Neither holds more than a window.
 */
import type { Readable, Writable } from 'node:stream';
import {
  DATA_BYTES_MAX,
  type Frame,
  STREAM_WINDOW_BYTES,
  type Stream,
} from '../core/wire/frame.ts';

export interface StreamSource {
  credit(bytes: number): void;
  /** How much may be sent now. */
  windowBytes(): number;
  /** Reads no more; the peer's reader is gone or the command has ended. */
  stop(): void;
}

export interface StreamSink {
  data(bytes: Uint8Array): void;
  eof(): void;
}

type Send = (frame: Frame) => void;

/** Sends what `input` holds as DATA frames and EOF at its end; `onEnd` is called once, then. */
export function createStreamSource(
  stream: Stream,
  input: Readable,
  send: Send,
  onEnd: () => void = () => {},
): StreamSource {
  let window = STREAM_WINDOW_BYTES;
  let ended = false;

  function finish(sendEof: boolean): void {
    if (ended) return;
    ended = true;
    if (sendEof) send({ type: 'eof', stream });
    onEnd();
  }

  function onReadable(): void {
    while (window > 0 && !ended) {
      const available = Math.min(input.readableLength, window, DATA_BYTES_MAX);
      // read(0) asks the system for more; null says that there is none yet.
      const piece: Buffer | null = input.read(available > 0 ? available : undefined);
      if (piece === null) return;
      for (let offset = 0; offset < piece.length; offset += DATA_BYTES_MAX) {
        const bytes = piece.subarray(offset, offset + DATA_BYTES_MAX);
        window -= bytes.length;
        send({ type: 'data', stream, bytes });
      }
    }
  }

  input.on('readable', onReadable);
  input.on('end', () => finish(true));
  // A reading error has no frame of its own: the reader sees the end, as with a closed terminal.
  input.on('error', () => finish(true));
  input.on('close', () => finish(true));

  return {
    credit(bytes) {
      const wasEmpty = window <= 0;
      window += bytes;
      if (wasEmpty && window > 0) onReadable();
    },
    windowBytes: () => window,
    stop() {
      finish(false);
      input.destroy();
    },
  };
}

/** Writes DATA frames to `output`; a reader that is gone is told with BROKEN, once. */
export function createStreamSink(stream: Stream, output: Writable, send: Send): StreamSink {
  let broken = false;
  output.on('error', () => {
    if (broken) return;
    broken = true;
    send({ type: 'broken', stream });
  });
  return {
    data(bytes) {
      if (broken) return;
      // The frame's bytes are only lent, and a write may outlive the call.
      const copy = Buffer.from(bytes);
      output.write(copy, (error) => {
        if (!error && !broken) send({ type: 'credit', stream, bytes: copy.length });
      });
    },
    eof() {
      output.end();
    },
  };
}
