/**
 * Bounded reading and writing of big-endian fields, shared by all wire formats.
 *
 * A reader never throws: past the end it returns zeros and remembers that it failed, so a decoder
 * reads all its fields straight through and asks `isExhausted` or `hasFailed` once, at the end.
 */
export interface ByteReader {
  u8(): number;
  u16(): number;
  u32(): number;
  /** Holds milliseconds since 1970 until the year 10889. */
  u48(): number;
  /** An unsigned 64-bit field as a number; values above 2^53 - 1 count as a failure. */
  u64(): number;
  bytes(length: number): Uint8Array;
  remaining(): number;
  hasFailed(): boolean;
  /** True when every byte was read, and none beyond the end. */
  isExhausted(): boolean;
}

export interface ByteWriter {
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  u48(value: number): void;
  u64(value: number): void;
  bytes(value: Uint8Array): void;
  /** The bytes written so far, as a view of the writer's buffer: copy it before writing on. */
  finish(): Uint8Array;
}

export function createReader(input: Uint8Array): ByteReader {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let offset = 0;
  let failed = false;

  function take(length: number): number {
    if (failed || length > input.byteLength - offset) {
      failed = true;
      return -1;
    }
    offset += length;
    return offset - length;
  }

  return {
    u8() {
      const at = take(1);
      return at < 0 ? 0 : view.getUint8(at);
    },
    u16() {
      const at = take(2);
      return at < 0 ? 0 : view.getUint16(at);
    },
    u32() {
      const at = take(4);
      return at < 0 ? 0 : view.getUint32(at);
    },
    u48() {
      const at = take(6);
      return at < 0 ? 0 : view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
    },
    u64() {
      const at = take(8);
      if (at < 0) return 0;
      const value = view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
      if (Number.isSafeInteger(value)) return value;
      failed = true;
      return 0;
    },
    bytes(length) {
      const at = take(length);
      return at < 0 ? new Uint8Array(0) : input.subarray(at, at + length);
    },
    remaining: () => input.byteLength - offset,
    hasFailed: () => failed,
    isExhausted: () => !failed && offset === input.byteLength,
  };
}

export function createWriter(initialBytes = 256): ByteWriter {
  let buffer = new Uint8Array(initialBytes);
  let view = new DataView(buffer.buffer);
  let offset = 0;

  function reserve(length: number): number {
    if (offset + length > buffer.byteLength) {
      const larger = new Uint8Array(Math.max(buffer.byteLength * 2, offset + length));
      larger.set(buffer.subarray(0, offset));
      buffer = larger;
      view = new DataView(buffer.buffer);
    }
    offset += length;
    return offset - length;
  }

  // Each writer reserves first: reserving may replace the buffer and the view.
  return {
    u8(value) {
      const at = reserve(1);
      view.setUint8(at, value);
    },
    u16(value) {
      const at = reserve(2);
      view.setUint16(at, value);
    },
    u32(value) {
      const at = reserve(4);
      view.setUint32(at, value);
    },
    u48(value) {
      const at = reserve(6);
      view.setUint16(at, Math.floor(value / 2 ** 32));
      view.setUint32(at + 2, value % 2 ** 32);
    },
    u64(value) {
      const at = reserve(8);
      view.setUint32(at, Math.floor(value / 2 ** 32));
      view.setUint32(at + 4, value % 2 ** 32);
    },
    bytes(value) {
      const at = reserve(value.byteLength);
      buffer.set(value, at);
    },
    finish: () => buffer.subarray(0, offset),
  };
}

// The same fields where they stand. Past the end of `bytes` they read as zeros.

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function readU32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  );
}

export function readU48(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at) * 2 ** 32 + readU32(bytes, at + 2);
}

export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
}

export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, value >>> 16);
  writeU16(bytes, at + 2, value & 0xffff);
}

export function writeU48(bytes: Uint8Array, at: number, value: number): void {
  writeU16(bytes, at, Math.floor(value / 2 ** 32));
  writeU32(bytes, at + 2, value % 2 ** 32);
}
