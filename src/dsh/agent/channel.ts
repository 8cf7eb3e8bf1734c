/**
 * A channel: one warm remote shell to one node, with a runner at its far end that runs many
 * commands at a time.
 */
import { capabilities, type Frame, isEndFrame, PROTOCOL_VERSION } from '../../core/wire/frame.ts';
import { createFrameLink } from '../../node/frame-link.ts';
import { createHeartbeat, SILENCE_SECONDS_MAX } from '../../node/heartbeat.ts';
import { createLiveness } from './liveness.ts';
import type { ChannelTarget } from './remote-shell.ts';
import { type RunnerProcess, startRunner } from './runner-process.ts';

export interface Channel {
  /** Resolves when the channel is gone, with one line that says why. */
  readonly ended: Promise<string>;
  /** What the runner can do: bits of its HELLO. */
  readonly capabilities: number;
  /** True when the runner was heard just now, or answers a PING in time. */
  isAnswering(): Promise<boolean>;
  jobCount(): number;
  /** Sends START; undefined when the channel is gone, so that nothing was sent. */
  start(command: Uint8Array, handlers: RemoteJobHandlers): RemoteJob | undefined;
  close(reason: string): void;
}

export interface RemoteJobHandlers {
  /** The frame's bytes are valid during the call only. An end frame is the last. */
  onFrame(frame: Frame): void;
  /** The channel is gone before an end frame came. */
  onCut(reason: string): void;
}

export interface RemoteJob {
  send(frame: Frame): void;
  /** Has the runner end the command; its handlers are not called any more. Pairs with `start`. */
  abandon(): void;
}

/** Rejects with why the node cannot be used; nothing is left behind then. */
export async function openChannel(
  target: ChannelTarget,
  timeoutMs: number,
  ending: AbortSignal,
): Promise<Channel> {
  const runner = await startRunner(target);
  const stop = (): void => runner.stop('this dsh agent was ended');
  const timer = setTimeout(
    () => runner.stop(`it did not answer within ${timeoutMs / 1000} s`),
    timeoutMs,
  );
  ending.addEventListener('abort', stop);
  if (ending.aborted) stop();
  const failed = runner.ended.then((reason): never => {
    ending.removeEventListener('abort', stop);
    throw new Error(reason);
  });
  try {
    return await Promise.race([greet(runner), failed]);
  } finally {
    clearTimeout(timer);
  }
}

/** Stays pending when the runner ends before its HELLO. */
async function greet(runner: RunnerProcess): Promise<Channel> {
  await runner.preamble;
  return new Promise((resolve) => {
    createChannel(runner, (channel, version) => {
      if (version === PROTOCOL_VERSION) resolve(channel);
      else {
        runner.stop(
          `its dshexec speaks protocol ${version}, this dsh ${PROTOCOL_VERSION}: ` +
            'install the same version on both',
        );
      }
    });
  });
}

function createChannel(
  runner: RunnerProcess,
  onHello: (channel: Channel, version: number) => void,
): void {
  const jobs = new Map<number, RemoteJobHandlers>();
  let lastJob = 0;
  let isGone = false;

  function onFrame(job: number, frame: Frame): void {
    liveness.heard();
    heartbeat.heard();
    if (job !== 0) {
      const handlers = jobs.get(job);
      if (isEndFrame(frame)) jobs.delete(job);
      handlers?.onFrame(frame);
    } else if (frame.type === 'hello') {
      onHello(createHandle(frame.capabilities), frame.version);
    } else if (frame.type === 'ping') link.send(0, { type: 'pong' });
  }

  function onClose(reason: string): void {
    isGone = true;
    liveness.lost();
    heartbeat.stop();
    runner.stop(reason);
  }

  const link = createFrameLink(runner.input, runner.output, { onFrame, onClose });
  const liveness = createLiveness(() => link.send(0, { type: 'ping' }));
  const heartbeat = createHeartbeat({
    isBusy: () => jobs.size > 0,
    onBeat: () => link.send(0, { type: 'ping' }),
    onSilence: () => onClose(`nothing came from it for ${SILENCE_SECONDS_MAX} s`),
  });
  const own = capabilities.heartbeats;
  link.send(0, { type: 'hello', version: PROTOCOL_VERSION, capabilities: own });
  runner.input.resume();

  const ended = runner.ended.then((reason) => {
    onClose(reason);
    const cut = [...jobs.values()];
    jobs.clear();
    for (const handlers of cut) handlers.onCut(reason);
    return reason;
  });

  function start(command: Uint8Array, handlers: RemoteJobHandlers): RemoteJob | undefined {
    if (isGone) return undefined;
    lastJob += 1;
    const job = lastJob;
    jobs.set(job, handlers);
    link.send(job, { type: 'start', fields: command });
    return {
      send: (frame) => link.send(job, frame),
      abandon() {
        if (jobs.delete(job)) link.send(job, { type: 'abandon' });
      },
    };
  }

  function createHandle(runnerCapabilities: number): Channel {
    return {
      ended,
      capabilities: runnerCapabilities,
      isAnswering: () => liveness.isAnswering(),
      jobCount: () => jobs.size,
      start,
      close: onClose,
    };
  }
}
