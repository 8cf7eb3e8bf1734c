/**
 * The stream protocol between `dsh`, its agent and the runner (`dshexec --serve`).
 *
 * A connection is a sequence of frames in each direction:
 *
 *     length  4 bytes, big endian: size of the payload, at most FRAME_PAYLOAD_BYTES_MAX
 *     job     4 bytes: which command the frame is about; 0 is the connection itself
 *     type    1 byte: a FrameType number
 *     payload
 *
 * Between dsh and the agent one connection carries one command, job 1. Between the agent and a
 * runner one connection (a channel) carries many; the agent numbers them from 1 and never uses a
 * number twice. Both ends open with HELLO. A runner prints RUNNER_PREAMBLE before it, since a
 * login shell's start-up files may print anything first.
 *
 * The life of a command, seen by dsh:   REQUEST -> (NOTICE) -> RUN_HERE
 *                                       REQUEST -> (NOTICE) -> PLACED -> STARTED -> streams -> end
 *                      by the runner:   START -> STARTED -> streams -> end
 * where an end is exactly one of FAILED, EXITED, SIGNALLED, TIMED_OUT or LOST, and nothing follows it.
 * CHANGED may come before an end, any number of times, if the command was to be looked after.
 * RUN_HERE may come until STARTED has, so dsh reads none of its input before that.
 *
 * A channel that is cut after START leaves the outcome unknown: LOST. Where the request allows it
 * (retries), the command is run again on another node instead, but only while it can be repeated:
 * no frame of a stream came from it, since output would come twice, and no DATA or SIGNAL went to
 * it, since those are gone. dsh then sees NOTICE and PLACED again, and STARTED once at most.
 *
 * Streams are numbered as file descriptors: 0 flows towards the command, 1 and 2 from it. A sender
 * may have STREAM_WINDOW_BYTES of a stream under way; each CREDIT adds to what it may send. So a
 * slow reader stalls its own stream and costs a bounded amount of memory. EOF ends a stream;
 * BROKEN goes against it and says that its reader is gone.
 *
 * Numbers are the protocol: append, never renumber. A frame of an unknown type is ignored, so that
 * a newer peer may send it; a malformed frame of a known type ends the connection.
 */
import { createReader, createWriter } from './bytes.ts';
import { readText, writeText } from './message-text.ts';
import { type FailureReason, failureReasons } from './failure-reason.ts';

export const PROTOCOL_VERSION = 1;
export const RUNNER_PREAMBLE = '\0dsh-runner-1\n';
/** How much of a login shell's chatter is skipped before a channel is given up. */
export const PREAMBLE_NOISE_BYTES_MAX = 65_536;
export const FRAME_HEADER_BYTES = 9;
/** Holds the largest argument list and environment that Linux accepts (6 MiB), with room. */
export const FRAME_PAYLOAD_BYTES_MAX = 8 * 1024 * 1024;
/** Bits of HELLO's capabilities. An agent has heartbeats alone: `node/heartbeat.ts`. */
export const capabilities = {
  terminals: 1,
  limits: 2,
  stops: 4,
  timeouts: 8,
  heartbeats: 32,
  coherence: 64,
} as const;
export const DATA_BYTES_MAX = 65_536;
export const STREAM_WINDOW_BYTES = 1_048_576;

export type Stream = 0 | 1 | 2;

export type Frame =
  | { readonly type: 'hello'; readonly version: number; readonly capabilities: number }
  | { readonly type: 'request'; readonly fields: Uint8Array }
  | { readonly type: 'start'; readonly fields: Uint8Array }
  | { readonly type: 'placed'; readonly node: string }
  | { readonly type: 'run-here'; readonly node: string }
  | { readonly type: 'started'; readonly pid: number }
  | { readonly type: 'failed'; readonly reason: FailureReason; readonly message: string }
  | { readonly type: 'exited'; readonly status: number }
  | { readonly type: 'signalled'; readonly signal: number }
  | { readonly type: 'lost'; readonly pid: number; readonly message: string }
  | { readonly type: 'data'; readonly stream: Stream; readonly bytes: Uint8Array }
  | { readonly type: 'eof'; readonly stream: Stream }
  | { readonly type: 'broken'; readonly stream: Stream }
  | { readonly type: 'credit'; readonly stream: Stream; readonly bytes: number }
  | { readonly type: 'signal'; readonly signal: number }
  | { readonly type: 'resize'; readonly rows: number; readonly columns: number }
  | { readonly type: 'abandon' }
  | { readonly type: 'notice'; readonly message: string }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | { readonly type: 'stopped'; readonly signal: number }
  | { readonly type: 'timed-out' }
  | { readonly type: 'ending'; readonly end: EndFrame }
  | { readonly type: 'changed'; readonly fields: Uint8Array };

export type EndFrame = Extract<Frame, { readonly type: (typeof endTypes)[number] }>;

export type FrameType = Frame['type'];

export const frameTypes: { readonly [T in FrameType]: number } = {
  hello: 1,
  request: 2,
  start: 3,
  placed: 4,
  'run-here': 5,
  started: 6,
  failed: 7,
  exited: 8,
  signalled: 9,
  lost: 10,
  data: 11,
  eof: 12,
  broken: 13,
  credit: 14,
  signal: 15,
  resize: 16,
  /** The client is gone: end the command and all it started; nobody reads the verdict. */
  abandon: 17,
  /** A line for the user's stderr, shown as `dsh: message`. */
  notice: 18,
  ping: 19,
  pong: 20,
  /** The command was stopped (^Z). The client stops too, and sends SIGNAL CONT when it goes on. */
  stopped: 21,
  /** An end: the time limit of the command was reached, and it was ended. */
  'timed-out': 22,
  /** The end (its type and payload) of a dead command whose output still waits for credit. */
  ending: 23,
  /** Files that the command has changed: `file-report.ts`. */
  changed: 24,
};

export type DecodedFrame =
  | { readonly ok: true; readonly frame: Frame | undefined }
  | { readonly ok: false; readonly reason: string };

export function encodeFrame(job: number, frame: Frame): Uint8Array {
  const writer = createWriter(
    frame.type === 'data' ? FRAME_HEADER_BYTES + 1 + frame.bytes.length : 64,
  );
  writer.u32(0);
  writer.u32(job);
  writer.u8(frameTypes[frame.type]);
  encodePayload(writer, frame);
  const bytes = writer.finish();
  const payloadBytes = bytes.byteLength - FRAME_HEADER_BYTES;
  if (payloadBytes > FRAME_PAYLOAD_BYTES_MAX) throw new RangeError('frame payload too large');
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, payloadBytes);
  return bytes;
}

/** Whether a frame is the end of its command: nothing follows it. */
export function isEndFrame(frame: Frame): frame is EndFrame {
  return endFrames.has(frame.type);
}

/** Decodes one payload. A frame of a type that this version does not know is `undefined`. */
export function decodePayload(type: number, payload: Uint8Array): DecodedFrame {
  const name = frameNames.get(type);
  if (name === undefined) return { ok: true, frame: undefined };
  const reader = createReader(payload);
  const frame = readFrame(name, reader);
  if (frame === undefined || !reader.isExhausted()) {
    return { ok: false, reason: `malformed ${name} frame of ${payload.byteLength} bytes` };
  }
  return { ok: true, frame };
}

type Writer = ReturnType<typeof createWriter>;
type Reader = ReturnType<typeof createReader>;

const endTypes = ['failed', 'exited', 'signalled', 'timed-out', 'lost'] as const;
const endFrames: ReadonlySet<FrameType> = new Set(endTypes);
const frameNames = new Map<number, FrameType>(
  Object.entries(frameTypes).map(([name, number]) => [number, name as FrameType]),
);
const reasonNames = new Map<number, FailureReason>(
  Object.entries(failureReasons).map(([name, number]) => [number, name as FailureReason]),
);

function encodePayload(writer: Writer, frame: Frame): void {
  switch (frame.type) {
    case 'hello':
      writer.u32(frame.version);
      writer.u32(frame.capabilities);
      return;
    case 'request':
    case 'start':
    case 'changed':
      writer.bytes(frame.fields);
      return;
    case 'placed':
    case 'run-here':
      writeText(writer, frame.node);
      return;
    case 'started':
      writer.u32(frame.pid);
      return;
    case 'failed':
      writer.u8(failureReasons[frame.reason]);
      writeText(writer, frame.message);
      return;
    case 'exited':
      writer.u8(frame.status);
      return;
    case 'signalled':
    case 'stopped':
    case 'signal':
      writer.u8(frame.signal);
      return;
    case 'lost':
      writer.u32(frame.pid);
      writeText(writer, frame.message);
      return;
    case 'data':
      writer.u8(frame.stream);
      writer.bytes(frame.bytes);
      return;
    case 'eof':
    case 'broken':
      writer.u8(frame.stream);
      return;
    case 'credit':
      writer.u8(frame.stream);
      writer.u32(frame.bytes);
      return;
    case 'resize':
      writer.u16(frame.rows);
      writer.u16(frame.columns);
      return;
    case 'notice':
      writeText(writer, frame.message);
      return;
    case 'ending':
      writer.u8(frameTypes[frame.end.type]);
      encodePayload(writer, frame.end);
      return;
    case 'abandon':
    case 'ping':
    case 'pong':
    case 'timed-out':
      return;
  }
}

function readFrame(type: FrameType, reader: Reader): Frame | undefined {
  switch (type) {
    case 'hello':
      return { type, version: reader.u32(), capabilities: reader.u32() };
    case 'request':
    case 'start':
    case 'changed':
      return { type, fields: reader.bytes(reader.remaining()) };
    case 'placed':
    case 'run-here':
      return { type, node: readText(reader) };
    case 'started':
      return { type, pid: reader.u32() };
    case 'failed': {
      const reason = reasonNames.get(reader.u8());
      return reason && { type, reason, message: readText(reader) };
    }
    case 'exited':
      return { type, status: reader.u8() };
    case 'signalled':
    case 'stopped':
    case 'signal':
      return { type, signal: reader.u8() };
    case 'lost':
      return { type, pid: reader.u32(), message: readText(reader) };
    case 'data': {
      const stream = readStream(reader);
      if (stream === undefined || reader.remaining() > DATA_BYTES_MAX) return undefined;
      return { type, stream, bytes: reader.bytes(reader.remaining()) };
    }
    case 'eof':
    case 'broken': {
      const stream = readStream(reader);
      return stream === undefined ? undefined : { type, stream };
    }
    case 'credit': {
      const stream = readStream(reader);
      return stream === undefined ? undefined : { type, stream, bytes: reader.u32() };
    }
    case 'resize':
      return { type, rows: reader.u16(), columns: reader.u16() };
    case 'notice':
      return { type, message: readText(reader) };
    case 'ending': {
      const name = frameNames.get(reader.u8());
      const end = name && endFrames.has(name) ? readFrame(name, reader) : undefined;
      return end && { type, end: end as EndFrame };
    }
    case 'abandon':
    case 'ping':
    case 'pong':
    case 'timed-out':
      return { type };
  }
}

function readStream(reader: Reader): Stream | undefined {
  const stream = reader.u8();
  return stream <= 2 ? (stream as Stream) : undefined;
}
