/** A client of the agent that shows every frame. */
import { connect, type Socket } from 'node:net';
import { encodeCommand, nothingSpecial } from '../../../../src/core/wire/command.ts';
import { encodeRequest, type Request } from '../../../../src/core/wire/request.ts';
import {
  type Frame,
  isEndFrame,
  PROTOCOL_VERSION,
  type Stream,
} from '../../../../src/core/wire/frame.ts';
import { createFrameLink } from '../../../../src/node/frame-link.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';

export type FrameOf<T extends Frame['type']> = Extract<Frame, { type: T }>;

export interface Client {
  /** The agent's frames; those about streams come with bytes of their own. */
  readonly frames: Mailbox<Frame>;
  readonly socket: Socket;
  /** Resolves when the agent closed the connection. */
  readonly closed: Promise<void>;
  send(frame: Frame): void;
  take<T extends Frame['type']>(type: T): Promise<FrameOf<T>>;
  /** The output that has come and was not taken. */
  output(stream: Stream): string;
  /** FAILED, EXITED, SIGNALLED or LOST. */
  takeEnd(): Promise<Frame>;
  /** Takes output, and gives credit for it, until it holds `text`. */
  takeOutput(text: string): Promise<string>;
  close(): void;
}

export function connectClient(path: string, version = PROTOCOL_VERSION): Client {
  const frames = createMailbox<Frame>();
  const socket = connect(path);
  let markClosed: () => void;
  const closed = new Promise<void>((resolve) => {
    markClosed = resolve;
  });
  const link = createFrameLink(socket, socket, {
    onFrame(_job, frame) {
      frames.push(frame.type === 'data' ? { ...frame, bytes: frame.bytes.slice() } : frame);
    },
    onClose: () => markClosed(),
  });
  link.send(0, { type: 'hello', version, capabilities: 0 });

  async function take<T extends Frame['type']>(type: T): Promise<FrameOf<T>> {
    return (await frames.take((frame) => frame.type === type, type)) as FrameOf<T>;
  }

  return {
    frames,
    socket,
    closed,
    send: (frame) => link.send(1, frame),
    take,
    output: (stream) =>
      frames.all
        .map((frame) => (frame.type === 'data' && frame.stream === stream ? frame.bytes : ''))
        .map((bytes) => Buffer.from(bytes).toString())
        .join(''),
    takeEnd: () => frames.take(isEndFrame, 'an end frame'),
    async takeOutput(text) {
      let output = '';
      while (!output.includes(text)) {
        const { stream, bytes } = await take('data');
        output += Buffer.from(bytes).toString();
        link.send(1, { type: 'credit', stream, bytes: bytes.length });
      }
      return output;
    },
    close: () => link.destroy(),
  };
}

/** A request to run `sh -c script`, with anything else as asked for. */
export function requestShell(
  script: string,
  wishes: Partial<Request> = {},
  directory = '/',
): Frame {
  const words = ['/bin/sh', '-c', script];
  const command = encodeCommand({
    ...nothingSpecial,
    arguments: words.map((word) => Buffer.from(word)),
    variables: [`PATH=${process.env['PATH']}`].map((text) => Buffer.from(text)),
    directory: Buffer.from(directory),
    umask: 0o022,
  });
  return {
    type: 'request',
    fields: encodeRequest({
      command,
      only: [],
      exclude: [],
      order: [],
      cpus: 1,
      memoryBytes: 0,
      session: 1,
      verbosity: 0,
      requireCluster: false,
      remoteShell: [],
      retries: 0,
      unmanaged: false,
      shellVariables: [],
      traceBegunUs: 0,
      callerPid: 0,
      ...wishes,
    }),
  };
}
