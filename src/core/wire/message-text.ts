/** Text that fills the rest of a frame: UTF-8, cut off after MESSAGE_BYTES_MAX bytes. */
import type { createReader, createWriter } from './bytes.ts';

export const MESSAGE_BYTES_MAX = 4096;

export function writeText(writer: ReturnType<typeof createWriter>, text: string): void {
  writer.bytes(utf8Encoder.encode(text).subarray(0, MESSAGE_BYTES_MAX));
}

export function readText(reader: ReturnType<typeof createReader>): string {
  return utf8Decoder.decode(reader.bytes(Math.min(reader.remaining(), MESSAGE_BYTES_MAX)));
}

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder();
