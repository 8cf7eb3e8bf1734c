/**
 * What REQUEST and START carry: a list of fields, each
 *
 *     tag     2 bytes, big endian: a number of `tags`
 *     length  4 bytes
 *     value
 *
 * A command (START) is the fields 1 to 31. A request is the fields from 32 on, which say where the
 * command may run, and one COMMAND field that holds the START fields whole, so that the agent
 * passes a command on without reading it. Texts are bytes: names and words need not be UTF-8.
 * Unknown tags are skipped; numbers are appended, never given a new meaning.
 */
import { createReader, createWriter } from './bytes.ts';

export const FIELDS_MAX = 2_000_000;

const tags = {
  argument: 1,
  /** `NAME=value`, repeated. */
  variable: 2,
  directory: 3,
  umask: 4,
  command: 32,
  /** -H: only these nodes; repeated. */
  only: 33,
  /** -x: none of these; repeated. */
  exclude: 34,
  /** --rank: these, the first that can be reached; repeated. */
  order: 35,
  cpus: 36,
  memoryBytes: 37,
  /** The session id of the caller: a notice is given once in a session. */
  session: 38,
  verbosity: 39,
  requireCluster: 40,
  /** -e: the remote shell with its own options, repeated, word by word. */
  remoteShell: 41,
  /** How often a command whose outcome is unknown may be run again. */
  retries: 42,
  /** --daemon: no local daemon is asked; `order` is the answer of another one. */
  unmanaged: 43,
  /** The agent's own environment for a new ssh: SSH_AUTH_SOCK and such; repeated. */
  shellVariable: 44,
} as const;

/** A command as the runner starts it. */
export interface Command {
  readonly arguments: readonly Uint8Array[];
  readonly variables: readonly Uint8Array[];
  readonly directory: Uint8Array;
  readonly umask: number;
}

/** A command and where it may run. */
export interface Request {
  /** The fields of a `Command`, encoded. */
  readonly command: Uint8Array;
  readonly only: readonly string[];
  readonly exclude: readonly string[];
  readonly order: readonly string[];
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly session: number;
  readonly verbosity: number;
  readonly requireCluster: boolean;
  readonly remoteShell: readonly string[];
  readonly retries: number;
  readonly unmanaged: boolean;
  readonly shellVariables: readonly string[];
}

export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

export function encodeCommand(command: Command): Uint8Array {
  const fields = createFieldWriter(commandBytes(command));
  for (const argument of command.arguments) fields.bytes(tags.argument, argument);
  for (const variable of command.variables) fields.bytes(tags.variable, variable);
  fields.bytes(tags.directory, command.directory);
  fields.number(tags.umask, command.umask);
  return fields.finish();
}

export function decodeCommand(bytes: Uint8Array): Decoded<Command> {
  const fields = readFields(bytes);
  if (!fields.ok) return fields;
  const command = {
    arguments: fields.value.all(tags.argument),
    variables: fields.value.all(tags.variable),
    directory: fields.value.all(tags.directory)[0] ?? new Uint8Array(0),
    umask: fields.value.number(tags.umask) ?? 0o022,
  };
  if (command.arguments.length === 0) return { ok: false, reason: 'a command without words' };
  if (command.directory[0] !== SLASH) {
    return { ok: false, reason: 'a command whose directory is not an absolute path' };
  }
  return { ok: true, value: command };
}

export function encodeRequest(request: Request): Uint8Array {
  const fields = createFieldWriter(request.command.byteLength + 512);
  fields.bytes(tags.command, request.command);
  for (const name of request.only) fields.text(tags.only, name);
  for (const name of request.exclude) fields.text(tags.exclude, name);
  for (const name of request.order) fields.text(tags.order, name);
  fields.number(tags.cpus, request.cpus);
  fields.number(tags.memoryBytes, request.memoryBytes);
  fields.number(tags.session, request.session);
  fields.number(tags.verbosity, request.verbosity);
  fields.number(tags.requireCluster, request.requireCluster ? 1 : 0);
  for (const word of request.remoteShell) fields.text(tags.remoteShell, word);
  fields.number(tags.retries, request.retries);
  fields.number(tags.unmanaged, request.unmanaged ? 1 : 0);
  for (const variable of request.shellVariables) fields.text(tags.shellVariable, variable);
  return fields.finish();
}

export function decodeRequest(bytes: Uint8Array): Decoded<Request> {
  const fields = readFields(bytes);
  if (!fields.ok) return fields;
  const { all, texts, number } = fields.value;
  const command = all(tags.command)[0];
  if (command === undefined) return { ok: false, reason: 'a request without a command' };
  return {
    ok: true,
    value: {
      command,
      only: texts(tags.only),
      exclude: texts(tags.exclude),
      order: texts(tags.order),
      cpus: number(tags.cpus) ?? 1,
      memoryBytes: number(tags.memoryBytes) ?? 0,
      session: number(tags.session) ?? 0,
      verbosity: number(tags.verbosity) ?? 0,
      requireCluster: number(tags.requireCluster) === 1,
      remoteShell: texts(tags.remoteShell),
      retries: number(tags.retries) ?? 0,
      unmanaged: number(tags.unmanaged) === 1,
      shellVariables: texts(tags.shellVariable),
    },
  };
}

const SLASH = 0x2f;
const FIELD_HEADER_BYTES = 6;
const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder();

interface FieldWriter {
  bytes(tag: number, value: Uint8Array): void;
  text(tag: number, value: string): void;
  number(tag: number, value: number): void;
  finish(): Uint8Array;
}

function createFieldWriter(initialBytes: number): FieldWriter {
  const writer = createWriter(initialBytes);
  function bytes(tag: number, value: Uint8Array): void {
    writer.u16(tag);
    writer.u32(value.byteLength);
    writer.bytes(value);
  }
  return {
    bytes,
    text: (tag, value) => bytes(tag, utf8Encoder.encode(value)),
    number(tag, value) {
      writer.u16(tag);
      writer.u32(8);
      writer.u64(value);
    },
    finish: () => writer.finish(),
  };
}

interface FieldReader {
  all(tag: number): readonly Uint8Array[];
  texts(tag: number): readonly string[];
  number(tag: number): number | undefined;
}

function readFields(bytes: Uint8Array): Decoded<FieldReader> {
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

function commandBytes(command: Command): number {
  const sum = (list: readonly Uint8Array[]): number =>
    list.reduce((total, value) => total + value.byteLength + FIELD_HEADER_BYTES, 0);
  return sum(command.arguments) + sum(command.variables) + command.directory.byteLength + 64;
}
