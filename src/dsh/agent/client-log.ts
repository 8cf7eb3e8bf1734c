/** What a client has said about its command, kept while that command may yet be started (anew). */
import { type Frame, STREAM_WINDOW_BYTES } from '../../core/wire/frame.ts';

export interface ClientLog {
  /** False when this is more than a client may say before its command has started. */
  keep(frame: Frame): boolean;
  /** All that was said, in its order. */
  frames(): readonly Frame[];
  clear(): void;
}

const FRAMES_MAX = 1000;

export function createClientLog(): ClientLog {
  let frames: Frame[] = [];
  let inputBytes = 0;

  return {
    keep(frame) {
      // Only the last size of a window matters, and somebody may play with it for hours.
      if (frame.type === 'resize') frames = frames.filter((one) => one.type !== 'resize');
      if (frame.type === 'data') inputBytes += frame.bytes.length;
      if (frames.length === FRAMES_MAX || inputBytes > STREAM_WINDOW_BYTES) return false;
      // The bytes of a frame are only lent.
      frames.push(frame.type === 'data' ? { ...frame, bytes: frame.bytes.slice() } : frame);
      return true;
    },
    frames: () => frames,
    clear() {
      frames = [];
      inputBytes = 0;
    },
  };
}
