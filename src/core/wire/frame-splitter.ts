/** Cuts a byte stream into frames, whatever the sizes of the pieces in which it arrives. */
import { decodePayload, FRAME_HEADER_BYTES, FRAME_PAYLOAD_BYTES_MAX, type Frame } from './frame.ts';

export interface JobFrame {
  readonly job: number;
  readonly frame: Frame;
}

export interface FrameSplitter {
  /**
   * Takes the next piece of the stream and returns the frames that it completes, in order. Their
   * bytes are views of the pieces: copy what outlives the call.
   */
  push(piece: Uint8Array): JobFrame[];
  /** Why the stream is unusable, once it is; nothing is returned from then on. */
  error(): string | undefined;
}

export function createFrameSplitter(): FrameSplitter {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let wantedBytes = FRAME_HEADER_BYTES;
  let error: string | undefined;

  /** Joins the pieces only when a whole frame is there, so that a large one is copied once. */
  function join(): Uint8Array {
    const only = pending[0];
    if (pending.length === 1 && only) return only;
    const whole = new Uint8Array(pendingBytes);
    let offset = 0;
    for (const piece of pending) {
      whole.set(piece, offset);
      offset += piece.byteLength;
    }
    return whole;
  }

  return {
    error: () => error,
    push(piece) {
      const frames: JobFrame[] = [];
      if (error !== undefined) return frames;
      pending.push(piece);
      pendingBytes += piece.byteLength;
      if (pendingBytes < wantedBytes) return frames;

      const bytes = join();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      let offset = 0;
      wantedBytes = FRAME_HEADER_BYTES;
      while (bytes.byteLength - offset >= FRAME_HEADER_BYTES) {
        const payloadBytes = view.getUint32(offset);
        if (payloadBytes > FRAME_PAYLOAD_BYTES_MAX) {
          error = `frame of ${payloadBytes} bytes; at most ${FRAME_PAYLOAD_BYTES_MAX} are allowed`;
          break;
        }
        const end = offset + FRAME_HEADER_BYTES + payloadBytes;
        if (end > bytes.byteLength) {
          wantedBytes = end - offset;
          break;
        }
        const payload = bytes.subarray(offset + FRAME_HEADER_BYTES, end);
        const decoded = decodePayload(view.getUint8(offset + 8), payload);
        if (!decoded.ok) {
          error = decoded.reason;
          break;
        }
        if (decoded.frame) frames.push({ job: view.getUint32(offset + 4), frame: decoded.frame });
        offset = end;
      }
      pendingBytes = bytes.byteLength - offset;
      pending = pendingBytes > 0 ? [bytes.subarray(offset)] : [];
      return frames;
    },
  };
}
