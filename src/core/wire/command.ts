/**
 * A command as a runner starts it: the fields of START, tags 1 to 31 (`field-list.ts`).
 *
 * Tags are appended, never given a new meaning.
 */
import type { Result } from '../result.ts';
import { createReader, createWriter } from './bytes.ts';
import { createFieldWriter, FIELD_HEADER_BYTES, readFields } from './field-list.ts';

const tags = {
  argument: 1,
  /** `NAME=value`, repeated. */
  variable: 2,
  directory: 3,
  umask: 4,
  /** Plus 20, so that it is not negative. */
  nice: 5,
  /** Repeated: resource 1, zero 1, soft 8, hard 8; all ones is "unlimited". */
  limit: 6,
  terminals: 7,
  closed: 8,
  /** Rows, columns, and both in pixels: 2 bytes each. */
  window: 9,
  modes: 10,
  timeoutMs: 11,
  keepOutput: 12,
  devNull: 13,
  ignoredSignals: 14,
} as const;

/** Bits of the descriptors 0, 1 and 2. */
export type DescriptorMask = number;

/** What every way to a node carries. */
export interface PlainCommand {
  readonly arguments: readonly Uint8Array[];
  readonly variables: readonly Uint8Array[];
  readonly directory: Uint8Array;
  readonly umask: number;
}

export interface Command extends PlainCommand {
  /** -20 to 19; undefined: the node's own. */
  readonly nice: number | undefined;
  readonly limits: readonly Limit[];
  /** Those that are a terminal at the client: they share one at the node. */
  readonly terminals: DescriptorMask;
  readonly closed: DescriptorMask;
  /** Those that are /dev/null at the client: no stream flows. */
  readonly devNull: DescriptorMask;
  readonly window: Window | undefined;
  /** The terminal's modes: c_iflag, c_oflag, c_cflag, c_lflag (4 bytes each), c_line, 32 of c_cc. */
  readonly modes: Uint8Array | undefined;
  /** 0: none. */
  readonly timeoutMs: number;
  /** The end waits until nobody holds stdout or stderr any more. */
  readonly keepOutput: boolean;
  /** Those that the caller ignores: bits from signal 1 to 31 on. */
  readonly ignoredSignals: number;
}

/** A resource limit; the number of the resource is Linux's. Infinity: unlimited. */
export interface Limit {
  readonly resource: number;
  readonly soft: number;
  readonly hard: number;
}

export interface Window {
  readonly rows: number;
  readonly columns: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

/** What a command has that asks for nothing special. */
export const nothingSpecial: Omit<Command, keyof PlainCommand> = {
  nice: undefined,
  limits: [],
  terminals: 0,
  closed: 0,
  devNull: 0,
  window: undefined,
  modes: undefined,
  timeoutMs: 0,
  keepOutput: false,
  ignoredSignals: 0,
};

export const MODES_BYTES = 49;

export function encodeCommand(command: Command): Uint8Array {
  const fields = createFieldWriter(commandBytes(command));
  for (const argument of command.arguments) fields.bytes(tags.argument, argument);
  for (const variable of command.variables) fields.bytes(tags.variable, variable);
  fields.bytes(tags.directory, command.directory);
  fields.number(tags.umask, command.umask);
  if (command.nice !== undefined) fields.number(tags.nice, command.nice + 20);
  for (const limit of command.limits) fields.bytes(tags.limit, encodeLimit(limit));
  if (command.terminals !== 0) fields.number(tags.terminals, command.terminals);
  if (command.closed !== 0) fields.number(tags.closed, command.closed);
  if (command.devNull !== 0) fields.number(tags.devNull, command.devNull);
  if (command.window) fields.bytes(tags.window, encodeWindow(command.window));
  if (command.modes) fields.bytes(tags.modes, command.modes);
  if (command.timeoutMs !== 0) fields.number(tags.timeoutMs, command.timeoutMs);
  if (command.keepOutput) fields.number(tags.keepOutput, 1);
  if (command.ignoredSignals !== 0) fields.number(tags.ignoredSignals, command.ignoredSignals);
  return fields.finish();
}

export function decodeCommand(bytes: Uint8Array): Result<Command> {
  const fields = readFields(bytes);
  if (!fields.ok) return fields;
  const { all, number } = fields.value;
  const nice = number(tags.nice);
  const window = all(tags.window)[0];
  const modes = all(tags.modes)[0];
  const command: Command = {
    arguments: all(tags.argument),
    variables: all(tags.variable),
    directory: all(tags.directory)[0] ?? new Uint8Array(0),
    umask: number(tags.umask) ?? 0o022,
    nice: nice === undefined ? undefined : nice - 20,
    limits: all(tags.limit).flatMap(decodeLimit),
    terminals: number(tags.terminals) ?? 0,
    closed: number(tags.closed) ?? 0,
    devNull: number(tags.devNull) ?? 0,
    window: window && decodeWindow(window),
    modes: modes?.byteLength === MODES_BYTES ? modes : undefined,
    timeoutMs: number(tags.timeoutMs) ?? 0,
    keepOutput: number(tags.keepOutput) === 1,
    ignoredSignals: number(tags.ignoredSignals) ?? 0,
  };
  if (command.arguments.length === 0) return { ok: false, reason: 'a command without words' };
  if (command.directory[0] !== SLASH) {
    return { ok: false, reason: 'a command whose directory is not an absolute path' };
  }
  return { ok: true, value: command };
}

/**
 * The first words of an encoded command, `bytesMax` long in all and perhaps one word more: for whoever shows
 * it, and does not read the rest.
 */
export function peekArguments(bytes: Uint8Array, bytesMax: number): Uint8Array[] {
  const reader = createReader(bytes);
  const words: Uint8Array[] = [];
  let length = 0;
  while (length < bytesMax && reader.u16() === tags.argument) {
    const word = reader.bytes(reader.u32());
    if (reader.hasFailed()) break;
    words.push(word);
    length += word.byteLength;
  }
  return words;
}

const SLASH = 0x2f;
const LIMIT_BYTES = 18;
const UNLIMITED = new Uint8Array(8).fill(0xff);

function encodeLimit({ resource, soft, hard }: Limit): Uint8Array {
  const writer = createWriter(LIMIT_BYTES);
  writer.u8(resource);
  writer.u8(0);
  for (const value of [soft, hard]) {
    if (Number.isSafeInteger(value)) writer.u64(value);
    else writer.bytes(UNLIMITED);
  }
  return writer.finish();
}

function decodeLimit(bytes: Uint8Array): Limit[] {
  if (bytes.byteLength !== LIMIT_BYTES) return [];
  // A figure that no number can hold exactly is beyond any real limit.
  const read = (at: number): number => {
    const reader = createReader(bytes.subarray(at, at + 8));
    const value = reader.u64();
    return reader.hasFailed() ? Infinity : value;
  };
  return [{ resource: bytes[0]!, soft: read(2), hard: read(10) }];
}

function encodeWindow(window: Window): Uint8Array {
  const writer = createWriter(8);
  writer.u16(window.rows);
  writer.u16(window.columns);
  writer.u16(window.widthPixels);
  writer.u16(window.heightPixels);
  return writer.finish();
}

function decodeWindow(bytes: Uint8Array): Window | undefined {
  const reader = createReader(bytes);
  const window = {
    rows: reader.u16(),
    columns: reader.u16(),
    widthPixels: reader.u16(),
    heightPixels: reader.u16(),
  };
  return reader.isExhausted() ? window : undefined;
}

function commandBytes(command: Command): number {
  const sum = (list: readonly Uint8Array[]): number =>
    list.reduce((total, value) => total + value.byteLength + FIELD_HEADER_BYTES, 0);
  return sum(command.arguments) + sum(command.variables) + command.directory.byteLength + 512;
}
