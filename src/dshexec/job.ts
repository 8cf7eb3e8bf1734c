/** One command: prepare, spawn, relay, end. */
import { constants } from 'node:os';
import type { Frame } from '../core/wire/frame.ts';
import { createStreamSink, createStreamSource } from '../node/stream-relay.ts';
import { createDrain } from './drain.ts';
import type { PipeSource } from './pipes.ts';
import { prepareCommand } from './prepare.ts';
import type { ProcessGroups } from './process-groups.ts';
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
  return spawned && relay(spawned, context);
}

function relay(spawned: Spawned, { groups, send, onEnd }: JobContext): Job {
  const { child, pid: group, stdin, stdout, stderr } = spawned;
  let verdict: Frame | undefined;
  let isAbandoned = false;
  let hasEnded = false;

  // A late error of the command's stdin must not follow the end frame.
  function sendOpen(frame: Frame): void {
    if (!hasEnded) send(frame);
  }

  function end(): void {
    if (hasEnded || !verdict) return;
    send(verdict);
    hasEnded = true;
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
    // What the command left behind in its group must not outlive the call of dsh.
    groups.end(group);
    onEnd();
  }

  groups.add(group);
  send({ type: 'started', pid: group });
  const sink = createStreamSink(0, stdin, sendOpen);
  const sources = [
    undefined,
    createStreamSource(1, stdout, sendOpen),
    createStreamSource(2, stderr, sendOpen),
  ] as const;
  const drain = createDrain([stdout, stderr], end);

  child.once('exit', (status, signal) => {
    verdict = verdictOf(status, signal);
    groups.forgetEmpty(group);
    // Nobody gives credit to an abandoned job, so what is in its pipes would never leave.
    if (isAbandoned) end();
    else drain.look();
  });

  return {
    receive(frame) {
      if (frame.type === 'data' && frame.stream === 0) {
        sink.data(frame.bytes);
      } else if (frame.type === 'eof' && frame.stream === 0) {
        sink.eof();
      } else if (frame.type === 'credit') {
        sources[frame.stream]?.credit(frame.bytes);
        if (verdict) drain.look();
      } else if (frame.type === 'broken') {
        // Our reading end goes, so that the command gets SIGPIPE.
        sources[frame.stream]?.stop();
        if (verdict) drain.look();
      } else if (frame.type === 'signal') {
        groups.signal(group, frame.signal);
      } else if (frame.type === 'abandon') {
        isAbandoned = true;
        groups.end(group);
        end();
      }
    },
  };
}

// Node 20 reports a death by a real-time signal as (0, null), the same as success: it has no name
// for the signal. Nothing here can tell the two apart.
function verdictOf(status: number | null, signal: NodeJS.Signals | null): Frame {
  if (signal === null) return { type: 'exited', status: status ?? 0 };
  return { type: 'signalled', signal: constants.signals[signal] };
}
