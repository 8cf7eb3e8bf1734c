/** Drives a real runner over real pipes, as the agent does. */
import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { type Command, encodeCommand, nothingSpecial } from '../../src/core/wire/command.ts';
import {
  type Frame,
  isEndFrame,
  PROTOCOL_VERSION,
  RUNNER_PREAMBLE,
  type Stream,
} from '../../src/core/wire/frame.ts';
import { createFrameLink, type FrameLink } from '../../src/node/frame-link.ts';

export interface TestRunner {
  readonly pid: number;
  readonly link: FrameLink;
  /** The frames of the channel itself. */
  readonly channel: TestJob;
  start(command: Partial<Command>, options?: { readonly withoutCredit: boolean }): TestJob;
  /** The runner's own end: its status and what it said. */
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string }>;
}

export interface TestJob {
  readonly frames: readonly Frame[];
  send(frame: Frame): void;
  /** The first frame of a type, which may have come already. */
  frame<T extends Frame['type']>(type: T): Promise<Extract<Frame, { type: T }>>;
  /** The frame that ends the job. */
  end(): Promise<Frame>;
  output(stream: Stream): Buffer;
  /** Once that much of an output has come. */
  received(stream: Stream, bytes: number): Promise<void>;
  /** Once an output has a text in it. */
  said(stream: Stream, text: string): Promise<void>;
}

interface Recorder extends TestJob {
  record(frame: Frame): void;
}

/** How a runner is called: a bundle by Node.js, or the native one. */
export function runnerCommand(program: string): readonly [string, ...string[]] {
  return program.endsWith('.js') ? [process.execPath, program] : [program];
}

export async function startRunner(
  program: string,
  options: SpawnOptions = {},
): Promise<TestRunner> {
  const [file, ...words] = runnerCommand(program);
  const child = spawn(file, [...words, '--serve'], { cwd: '/', ...options });
  const input = child.stdout!;
  let stderr = '';
  child.stderr!.on('data', (piece) => {
    stderr += String(piece);
  });
  const ended = once(child, 'close').then(([status]) => ({ status: status as number, stderr }));
  await skipPreamble(input);

  const jobs = new Map<number, Recorder>();
  const link = createFrameLink(input, child.stdin!, {
    onFrame: (number, frame) => jobs.get(number)?.record(keep(frame)),
    onClose() {},
  });
  const add = (number: number, withoutCredit: boolean): Recorder => {
    const job = createRecorder((frame) => link.send(number, frame), withoutCredit);
    jobs.set(number, job);
    return job;
  };
  const channel = add(0, true);
  link.send(0, { type: 'hello', version: PROTOCOL_VERSION, capabilities: 0 });
  return {
    pid: child.pid!,
    link,
    channel,
    ended,
    start(command, { withoutCredit } = { withoutCredit: false }) {
      const job = add(jobs.size, withoutCredit);
      job.send({ type: 'start', fields: encodeCommand({ ...emptyCommand, ...command }) });
      return job;
    },
  };
}

export function toBytes(...texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => Buffer.from(text));
}

const emptyCommand: Command = {
  ...nothingSpecial,
  arguments: toBytes('true'),
  variables: toBytes('PATH=/usr/bin:/bin'),
  directory: Buffer.from('/'),
  umask: 0o022,
};

async function skipPreamble(input: Readable): Promise<void> {
  const wanted = Buffer.from(RUNNER_PREAMBLE);
  let seen = Buffer.alloc(0);
  while (!seen.includes(wanted)) {
    await once(input, 'readable');
    const piece: Buffer | null = input.read();
    if (piece) seen = Buffer.concat([seen, piece]);
  }
  input.unshift(seen.subarray(seen.indexOf(wanted) + wanted.length));
}

/** A frame's bytes are lent. */
function keep(frame: Frame): Frame {
  return frame.type === 'data' ? { ...frame, bytes: Buffer.from(frame.bytes) } : frame;
}

function createRecorder(send: (frame: Frame) => void, withoutCredit: boolean): Recorder {
  const frames: Frame[] = [];
  let waiting: (() => void)[] = [];

  async function find<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }

  function output(stream: Stream): Buffer {
    return Buffer.concat(
      frames.flatMap((frame) =>
        frame.type === 'data' && frame.stream === stream ? [frame.bytes] : [],
      ),
    );
  }

  return {
    frames,
    send,
    output,
    record(frame) {
      frames.push(frame);
      if (frame.type === 'data' && !withoutCredit) {
        send({ type: 'credit', stream: frame.stream, bytes: frame.bytes.length });
      }
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    frame: (type) => find(() => frames.find((frame) => frame.type === type)) as never,
    end: () => find(() => frames.find(isEndFrame)),
    received: (stream, bytes) =>
      find(() => (output(stream).length >= bytes ? true : undefined)).then(() => {}),
    said: (stream, text) =>
      find(() => (output(stream).includes(text) ? true : undefined)).then(() => {}),
  };
}
