/** A terminal on standard input, read only while that is allowed. */
import { Readable } from 'node:stream';
import { DATA_BYTES_MAX } from '../core/wire/frame.ts';

export interface Keyboard {
  readonly input: Readable;
  /** A background job that reads its terminal is stopped, so it must not even try. */
  allow(isAllowed: boolean): void;
}

export function openKeyboard(): Keyboard {
  const terminal = process.stdin;
  let isWanted = false;
  let isAllowed = false;
  const input = new Readable({
    highWaterMark: DATA_BYTES_MAX,
    read() {
      isWanted = true;
      update();
    },
  });

  function update(): void {
    if (isWanted && isAllowed) terminal.resume();
    else terminal.pause();
  }

  // Paused first, or the listener would start the reading.
  terminal.pause();
  terminal.on('data', (piece: Buffer) => {
    isWanted = input.push(piece);
    update();
  });
  // A terminal that is gone ends the input, as ^D does; the signal of its end comes by itself.
  for (const event of ['end', 'error', 'close'] as const) {
    terminal.once(event, () => input.push(null));
  }
  return {
    input,
    allow(allowed) {
      isAllowed = allowed;
      update();
    },
  };
}
