/**
 * One command over the agent: the request goes out, and what comes back is shown, run or relayed
 * until the command has ended.
 */
import type { Writable } from 'node:stream';
import type { Outcome } from '../core/outcome.ts';
import type { Command } from '../core/wire/command.ts';
import type { Frame } from '../core/wire/frame.ts';
import type { FrameLink } from '../node/frame-link.ts';
import {
  createStreamSink,
  createStreamSource,
  type StreamSink,
  type StreamSource,
} from '../node/stream-relay.ts';
import { connectAgent } from './connect-agent.ts';
import { type LocalRun, runHere } from './run-here.ts';
import { say } from './say.ts';
import { catchSignals, dieBySignal, signalNumber } from './signals.ts';
import { flushOutput, openInput, openOutput } from './standard-streams.ts';

export interface Dispatch {
  readonly socketPath: string;
  readonly request: Uint8Array;
  /** The command if it is to run here. */
  readonly localCommand: Command;
  readonly noStdin: boolean;
  readonly quiet: boolean;
  readonly verbosity: number;
}

/** The agent's connections carry one command each. */
const JOB = 1;

/** Resolves when the command has ended and its output has left. */
export async function dispatch(settings: Dispatch): Promise<Outcome> {
  let link: FrameLink | undefined;
  let local: LocalRun | undefined;
  let streams: RemoteStreams | undefined;
  let conclude: (outcome: Outcome) => void;
  const concluded = new Promise<Outcome>((resolve) => {
    conclude = resolve;
  });

  function send(frame: Frame): void {
    link?.send(JOB, frame);
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (local) local.signal(signal);
    else if (streams) send({ type: 'signal', signal: signalNumber(signal) });
    // As any process before its exec. The agent sees our socket close and calls everything off.
    else dieBySignal(signalNumber(signal));
  }

  function onFrame(frame: Frame): void {
    const outcome = readOutcome(frame);
    if (outcome) return conclude(outcome);
    if (frame.type === 'notice') {
      if (!settings.quiet) say(frame.message);
    } else if (frame.type === 'placed') {
      if (settings.verbosity > 0) say(frame.node);
    } else if (frame.type === 'run-here') {
      if (settings.verbosity > 0) say(frame.node);
      // The agent's socket stays open: it is the lease, and proves that the command runs.
      local ??= runHere(settings.localCommand, settings.noStdin);
      void local.outcome.then(conclude);
    } else if (frame.type === 'started') {
      streams ??= openStreams(send, settings.noStdin);
    } else {
      streams?.onFrame(frame);
    }
  }

  function onClose(reason: string): void {
    // A command that runs here needs no agent any more.
    if (!local)
      conclude({ verdict: 'lost', message: `contact with the agent was lost: ${reason}` });
  }

  const stopSignals = catchSignals(onSignal);
  const connection = await connectAgent(settings.socketPath, { onFrame, onClose });
  if (!connection.ok) return notStarted(connection.reason);
  link = connection.value;
  send({ type: 'request', fields: settings.request });
  const outcome = await concluded;
  stopSignals();
  await streams?.close();
  link.end();
  return outcome;
}

function notStarted(message: string): Outcome {
  return { verdict: 'not-started', reason: 'no-node', message };
}

function readOutcome(frame: Frame): Outcome | undefined {
  if (frame.type === 'exited') return { verdict: 'exited', status: frame.status };
  if (frame.type === 'signalled') return { verdict: 'signalled', signal: frame.signal };
  if (frame.type === 'timed-out') return { verdict: 'timed-out' };
  if (frame.type === 'lost') return { verdict: 'lost', message: frame.message };
  if (frame.type === 'failed') {
    return { verdict: 'not-started', reason: frame.reason, message: frame.message };
  }
  return undefined;
}

interface RemoteStreams {
  onFrame(frame: Frame): void;
  close(): Promise<void>;
}

/** Connects our standard streams with the command's; not earlier, since input once read is gone. */
function openStreams(send: (frame: Frame) => void, noStdin: boolean): RemoteStreams {
  const outputs = [openOutput(1), openOutput(2)] as const;
  const sinks = [createSink(1, outputs[0], send), createSink(2, outputs[1], send)] as const;
  let source: StreamSource | undefined;
  if (noStdin) send({ type: 'eof', stream: 0 });
  else source = createStreamSource(0, openInput(), send);

  return {
    onFrame(frame) {
      if (frame.type === 'data' && frame.stream !== 0) sinks[frame.stream - 1]!.data(frame.bytes);
      else if (frame.type === 'credit' && frame.stream === 0) source?.credit(frame.bytes);
      else if (frame.type === 'broken' && frame.stream === 0) source?.stop();
      // EOF of an output changes nothing: ours ends with this process.
    },
    async close() {
      source?.stop();
      await Promise.all(outputs.map(flushOutput));
    },
  };
}

function createSink(stream: 1 | 2, output: Writable, send: (frame: Frame) => void): StreamSink {
  output.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has gone away is no error: the command gets SIGPIPE, as it would here.
    if (error.code !== 'EPIPE')
      say(`standard ${stream === 1 ? 'output' : 'error'}: ${error.message}`);
  });
  return createStreamSink(stream, output, send);
}
