/**
 * What a client and its command say to each other, across the runs that the command may need.
 *
 * A run that was cut can be repeated while nothing went through: no byte of the command's output to
 * the client, which would come twice, and none of the client's input or signals to the command,
 * which are gone. Until then what the client says is kept, and told to the next run as well.
 */
import { type EndFrame, type Frame, type FrameType, isEndFrame } from '../../core/wire/frame.ts';
import type { Channel, RemoteJob, RemoteJobHandlers } from './channel.ts';
import { createClientLog } from './client-log.ts';

export interface Conversation {
  /**
   * Takes a frame of the client; its bytes are valid during the call only. False when the client
   * says more than it may before its command has started.
   */
  fromClient(frame: Frame): boolean;
  /** Runs the command on a channel and relays until its end. */
  run(channel: Channel, command: Uint8Array, handlers: RunHandlers): Promise<RunEnd>;
  isRepeatable(): boolean;
  /** START was sent, and no end has come. */
  isRunning(): boolean;
  /** The client has seen STARTED, of whichever run. */
  hasStarted(): boolean;
  /** The command's process id on its node; 0 while this run has not said STARTED. */
  pid(): number;
  abandon(): void;
}

export interface RunHandlers {
  onStarted(): void;
  /** The end frame, not yet passed on. */
  onEnd(frame: EndFrame): void;
}

export type RunEnd =
  | { readonly kind: 'ended' }
  /** The channel was gone before START was sent. */
  | { readonly kind: 'not-sent' }
  | { readonly kind: 'cut'; readonly reason: string };

const relayed: ReadonlySet<FrameType> = new Set(['notice', 'stopped', 'ending']);
const streamFrames: ReadonlySet<FrameType> = new Set(['data', 'eof', 'broken', 'credit']);

/** @param reply takes the frames for the client. */
export function createConversation(reply: (frame: Frame) => void): Conversation {
  const log = createClientLog();
  let remote: RemoteJob | undefined;
  let isRepeatable = true;
  let hasStarted = false;
  let pid = 0;

  function goThrough(): void {
    isRepeatable = false;
    log.clear();
  }

  function toCommand(job: RemoteJob, frame: Frame): void {
    job.send(frame);
    if (frame.type === 'data' || frame.type === 'signal') goThrough();
  }

  function fromRunner(frame: Frame, handlers: RunHandlers): void {
    if (isEndFrame(frame)) {
      remote = undefined;
      handlers.onEnd(frame);
    } else if (frame.type === 'started') {
      // The client hears it once: it begins to read its input then.
      if (!hasStarted) reply(frame);
      hasStarted = true;
      pid = frame.pid;
      handlers.onStarted();
    } else if (streamFrames.has(frame.type)) {
      goThrough();
      reply(frame);
    } else if (relayed.has(frame.type)) reply(frame);
  }

  return {
    fromClient(frame) {
      // The log first: what goes through clears it.
      const isKept = !isRepeatable || frame.type === 'credit' || log.keep(frame);
      if (remote) toCommand(remote, frame);
      // A long talk with a running command only makes it one that is not run again.
      if (!isKept && remote) goThrough();
      return isKept || remote !== undefined;
    },
    run: (channel, command, handlers) =>
      new Promise((resolve) => {
        const jobHandlers: RemoteJobHandlers = {
          onFrame(frame) {
            fromRunner(frame, handlers);
            if (remote === undefined) resolve({ kind: 'ended' });
          },
          onCut(reason) {
            remote = undefined;
            resolve({ kind: 'cut', reason });
          },
        };
        const job = channel.start(command, jobHandlers);
        if (!job) return resolve({ kind: 'not-sent' });
        remote = job;
        pid = 0;
        for (const frame of log.frames()) toCommand(job, frame);
      }),
    isRepeatable: () => isRepeatable,
    isRunning: () => remote !== undefined,
    hasStarted: () => hasStarted,
    pid: () => pid,
    abandon: () => remote?.abandon(),
  };
}
