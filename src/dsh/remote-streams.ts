/** Our standard streams and our terminal, connected with those of a command on another node. */
import type { Readable, Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { capabilities, type Frame, type Stream } from '../core/wire/frame.ts';
import {
  createStreamSink,
  createStreamSource,
  type StreamSink,
  type StreamSource,
} from '../node/stream-relay.ts';
import { systemReason } from '../node/system-reason.ts';
import { has } from './descriptors.ts';
import { type Keyboard, openKeyboard } from './keyboard.ts';
import { say } from './say.ts';
import { flushOutputs, openInput, openOutput } from './standard-streams.ts';
import { stopAs } from './stop.ts';
import { endOfInput, readWindow } from './stty.ts';
import { lendTerminal, type TerminalPlan } from './terminal.ts';

export interface RemoteStreams {
  onFrame(frame: Frame): void;
  /** The size of our terminal has changed. */
  resized(): void;
  /** We were stopped and go on. */
  continued(): void;
  /**
   * Resolves when all output has left: true if some of it could not be written. One who is not
   * patient leaves to a reader that takes nothing what the pipe has for it.
   */
  close(isPatient: boolean): Promise<boolean>;
}

type Send = (frame: Frame) => void;

/**
 * Call it when the command has started and not earlier, since input once read is gone.
 *
 * @param nodeCapabilities those of the node's runner: it may have no terminals.
 */
export function openStreams(
  plan: TerminalPlan,
  nodeCapabilities: number,
  send: Send,
): RemoteStreams {
  const hasTerminal = plan.terminals !== 0 && (nodeCapabilities & capabilities.terminals) !== 0;
  const isRaw = plan.isRaw && hasTerminal;
  const keyboard = isatty(0) && !has(plan.devNull, 0) ? openKeyboard() : undefined;
  const terminal = lendTerminal(isRaw, (isTaken) => keyboard?.allow(isTaken));
  const source = connectInput(plan, hasTerminal, keyboard, send);
  const outputs = openOutputs(plan, hasTerminal);
  let isOutputLost = false;
  const sinks = new Map<Stream, StreamSink>();
  for (const [stream, output] of outputs) {
    output.on('error', (error: NodeJS.ErrnoException) => {
      // A reader that has gone away is no error: the command gets SIGPIPE, as it would here.
      if (error.code === 'EPIPE') return;
      isOutputLost = true;
      say(`standard ${streamNames[stream]}: ${systemReason(error)}`);
    });
    sinks.set(stream, createStreamSink(stream, output, send));
  }

  function resized(): void {
    const window =
      hasTerminal && plan.ownTerminal !== undefined ? readWindow(plan.ownTerminal) : undefined;
    if (window) send({ type: 'resize', rows: window.rows, columns: window.columns });
  }

  function continued(): void {
    if (keyboard) terminal.take();
    resized();
    send({ type: 'signal', signal: SIGCONT });
  }

  if (keyboard) terminal.take();
  return {
    resized,
    continued,
    onFrame(frame) {
      if (frame.type === 'data') sinks.get(frame.stream)?.data(frame.bytes);
      else if (frame.type === 'credit' && frame.stream === 0) source?.credit(frame.bytes);
      else if (frame.type === 'broken' && frame.stream === 0) source?.stop();
      else if (frame.type === 'stopped') {
        terminal.giveBack();
        // ^Z was a key for the command alone; it would have stopped the whole job here.
        stopAs(frame.signal, isRaw);
        continued();
      }
      // EOF of an output changes nothing: ours ends with this process.
    },
    async close(isPatient) {
      source?.stop();
      terminal.giveBack();
      await flushOutputs([...outputs.values()], isPatient);
      return isOutputLost;
    },
  };
}

const SIGCONT = 18;

function connectInput(
  plan: TerminalPlan,
  hasTerminal: boolean,
  keyboard: Keyboard | undefined,
  send: Send,
): StreamSource | undefined {
  if (has(plan.devNull, 0)) return undefined;
  const input: Readable = keyboard?.input ?? openInput();
  const isTerminal = hasTerminal && has(plan.terminals, 0);
  return createStreamSource(0, input, isTerminal ? withKeyAtEnd(plan.modes, send) : send);
}

/** A terminal's input has no end; the key that stands for it ends a line, or the input after one. */
function withKeyAtEnd(modes: Uint8Array | undefined, send: Send): Send {
  const key = endOfInput(modes);
  let isInLine = false;
  return (frame) => {
    if (frame.type === 'data') isInLine = frame.bytes.at(-1) !== NEWLINE;
    if (frame.type !== 'eof') send(frame);
    else send({ type: 'data', stream: 0, bytes: Buffer.alloc(isInLine ? 2 : 1, key) });
  };
}

const NEWLINE = 0x0a;

/** What a terminal shows comes as stream 0 where neither output of the command is on it. */
function openOutputs(plan: TerminalPlan, hasTerminal: boolean): ReadonlyMap<Stream, Writable> {
  const outputs = new Map<Stream, Writable>([
    [1, openOutput(1)],
    [2, openOutput(2)],
  ]);
  const isOnInput = hasTerminal && !has(plan.terminals, 1) && !has(plan.terminals, 2);
  if (isOnInput && isatty(0)) outputs.set(0, openOutput(0));
  return outputs;
}

const streamNames = ['input', 'output', 'error'] as const;
