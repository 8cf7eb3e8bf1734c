/** One command: prepare, spawn, relay, end. */
import { constants, hostname } from 'node:os';
import type { Command } from '../core/wire/command.ts';
import type { EndFrame, Frame } from '../core/wire/frame.ts';
import { createStreamSink, createStreamSource, type StreamSource } from '../node/stream-relay.ts';
import { createDrain } from './drain.ts';
import type { PipeSource } from './pipes.ts';
import { prepareCommand } from './prepare.ts';
import type { ProcessGroups } from './process-groups.ts';
import { explainMissingLimits } from './shortcomings.ts';
import { explainSpawnError, type Spawned, spawnCommand } from './spawn.ts';

export interface Job {
  receive(frame: Frame): void;
}

export interface JobContext {
  readonly groups: ProcessGroups;
  takePipe: PipeSource;
  send(frame: Frame): void;
  /** Called once, after the end frame; the job must get no more frames. */
  onEnd(): void;
}

/**
 * Starts the command that `fields` describe. The result is undefined where it could not be started:
 * FAILED is then sent, at once or in this turn of the event loop.
 */
export function startJob(fields: Uint8Array, context: JobContext): Job | undefined {
  function fail(failure: Frame): void {
    context.send(failure);
    context.onEnd();
  }

  const prepared = prepareCommand(fields, process.env);
  if (!prepared.ok) {
    fail(prepared.failure);
    return undefined;
  }
  const { command } = prepared;
  const spawned = spawnCommand(command, context.takePipe, (error) =>
    fail(explainSpawnError(command, error)),
  );
  if (!spawned) return undefined;
  const notice = explainMissingLimits(command, hostname());
  if (notice !== undefined) context.send({ type: 'notice', message: notice });
  return relay(spawned, command, context);
}

function relay(spawned: Spawned, command: Command, { groups, send, onEnd }: JobContext): Job {
  const { child, pid: group, stdin, stdout, stderr } = spawned;
  let verdict: EndFrame | undefined;
  let isAbandoned = false;
  let isOverdue = false;
  let hasEnded = false;

  // A late error of the command's stdin must not follow the end frame.
  function sendOpen(frame: Frame): void {
    if (!hasEnded) send(frame);
  }

  function end(): void {
    if (hasEnded || !verdict) return;
    send(verdict);
    hasEnded = true;
    for (const stream of [stdin, stdout, stderr]) stream?.destroy();
    // What the command left behind in its group must not outlive the call of dsh.
    groups.end(group);
    onEnd();
  }

  /** Looks whether all that the command wrote has been relayed. */
  function look(): void {
    if (!verdict) return;
    if (!command.keepOutput) drain.look();
    else if (heldOutputs === 0) end();
  }

  function onOutputEnd(): void {
    heldOutputs -= 1;
    look();
  }

  groups.add(group);
  send({ type: 'started', pid: group });
  const sink = stdin && createStreamSink(0, stdin, sendOpen);
  const outputs = [stdout, stderr].filter((output) => output !== undefined);
  let heldOutputs = outputs.length;
  const sources = [
    undefined,
    stdout && createStreamSource(1, stdout, sendOpen, onOutputEnd),
    stderr && createStreamSource(2, stderr, sendOpen, onOutputEnd),
  ] as const;
  const drain = createDrain(outputs, end);
  const cancelLimit = limitTime(command.timeoutMs, () => {
    isOverdue = true;
    groups.endTree(group, TIMEOUT_GRACE_MS);
  });

  child.once('exit', (status, signal) => {
    cancelLimit();
    verdict = isOverdue ? { type: 'timed-out' } : verdictOf(status, signal);
    groups.forgetEmpty(group);
    if (sources.some(isHeldUp)) send({ type: 'ending', end: verdict });
    // Nobody gives credit to an abandoned job, so what is in its pipes would never leave; and what
    // holds its outputs after the time limit is about to be killed.
    (isAbandoned ? end : look)();
  });

  return {
    receive(frame) {
      if (frame.type === 'data' && frame.stream === 0) {
        sink?.data(frame.bytes);
      } else if (frame.type === 'eof' && frame.stream === 0) {
        sink?.eof();
      } else if (frame.type === 'credit') {
        sources[frame.stream]?.credit(frame.bytes);
        look();
      } else if (frame.type === 'broken') {
        // Our reading end goes, so that the command gets SIGPIPE.
        sources[frame.stream]?.stop();
        look();
      } else if (frame.type === 'signal') {
        signalGroup(groups, group, frame.signal, sendOpen);
      } else if (frame.type === 'abandon') {
        isAbandoned = true;
        groups.endTree(group);
        end();
      }
    },
  };
}

/** What a pipe, and Node.js in front of it, may still hold of a command that has ended. */
const HELD_BYTES_MAX = 131_072;

/** Whether the rest of the output may have to wait for credit. */
function isHeldUp(source: StreamSource | undefined): boolean {
  return source !== undefined && source.windowBytes() < HELD_BYTES_MAX;
}

/** From the SIGTERM at the time limit to SIGKILL. */
const TIMEOUT_GRACE_MS = 2000;

/** The result calls it off. */
function limitTime(timeoutMs: number, onOverdue: () => void): () => void {
  if (timeoutMs === 0) return () => {};
  const timer = setTimeout(onOverdue, timeoutMs);
  return () => clearTimeout(timer);
}

/**
 * A group whose session has no shell is not stopped by the terminal's signals, so SIGTSTP becomes
 * one that always stops; that it did can then be told at once.
 */
function signalGroup(
  groups: ProcessGroups,
  group: number,
  signal: number,
  send: (frame: Frame) => void,
): void {
  const isStop = signal === constants.signals.SIGTSTP;
  groups.signal(group, isStop ? constants.signals.SIGSTOP : signal);
  if (isStop) send({ type: 'stopped', signal });
}

// Node 20 reports a death by a real-time signal as (0, null), the same as success: it has no name
// for the signal. Nothing here can tell the two apart.
function verdictOf(status: number | null, signal: NodeJS.Signals | null): EndFrame {
  if (signal === null) return { type: 'exited', status: status ?? 0 };
  return { type: 'signalled', signal: constants.signals[signal] };
}
