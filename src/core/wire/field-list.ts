/**
 * Lists of fields, in which START and REQUEST carry what they say. A field is
 *
 *     tag     2 bytes, big endian
 *     length  4 bytes
 *     value
 *
 * A tag may be repeated; one that a reader does not know is skipped. Numbers take 8 bytes. Texts are
 * bytes: names and words need not be UTF-8.
 */
import type { Result } from '../result.ts';
import { createReader, createWriter } from './bytes.ts';

export const FIELDS_MAX = 2_000_000;
export const FIELD_HEADER_BYTES = 6;

export interface FieldWriter {
  bytes(tag: number, value: Uint8Array): void;
  text(tag: number, value: string): void;
  texts(tag: number, values: readonly string[]): void;
  number(tag: number, value: number): void;
  finish(): Uint8Array;
}

/** `initialBytes` is what the fields will probably take. */
export function createFieldWriter(initialBytes: number): FieldWriter {
  const writer = createWriter(initialBytes);
  function bytes(tag: number, value: Uint8Array): void {
    writer.u16(tag);
    writer.u32(value.byteLength);
    writer.bytes(value);
  }
  function text(tag: number, value: string): void {
    bytes(tag, utf8Encoder.encode(value));
  }
  return {
    bytes,
    text,
    texts(tag, values) {
      for (const value of values) text(tag, value);
    },
    number(tag, value) {
      writer.u16(tag);
      writer.u32(8);
      writer.u64(value);
    },
    finish: () => writer.finish(),
  };
}

export interface FieldReader {
  all(tag: number): readonly Uint8Array[];
  texts(tag: number): readonly string[];
  number(tag: number): number | undefined;
}

export function readFields(bytes: Uint8Array): Result<FieldReader> {
  const reader = createReader(bytes);
  const values = new Map<number, Uint8Array[]>();
  for (let count = 0; reader.remaining() > 0 && !reader.hasFailed(); count += 1) {
    if (count === FIELDS_MAX) return { ok: false, reason: `more than ${FIELDS_MAX} fields` };
    const tag = reader.u16();
    const value = reader.bytes(reader.u32());
    const list = values.get(tag);
    if (list) list.push(value);
    else values.set(tag, [value]);
  }
  if (reader.hasFailed()) return { ok: false, reason: 'a field runs past the end of its frame' };
  const all = (tag: number): readonly Uint8Array[] => values.get(tag) ?? [];
  return {
    ok: true,
    value: {
      all,
      texts: (tag) => all(tag).map((value) => utf8Decoder.decode(value)),
      number(tag) {
        const value = all(tag)[0];
        return value?.byteLength === 8 ? createReader(value).u64() : undefined;
      },
    },
  };
}

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder();
