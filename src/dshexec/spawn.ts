/** Starts a command in a session of its own, with its directory, umask, words and variables. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Command } from '../core/wire/fields.ts';
import type { Frame } from '../core/wire/frame.ts';
import { isText, spawnExactly } from './exact-bytes.ts';
import { closePipe, type Pipe, type PipeSource } from './pipes.ts';
import { systemReason } from './system-reason.ts';

/** A running command and our ends of its streams. */
export interface Spawned {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stdin: Socket;
  readonly stdout: Socket;
  readonly stderr: Socket;
}

/** The command's ends of its streams: descriptors. */
export type CommandStreams = readonly [number, number, number];

/**
 * The result is undefined where the system refused; `onError` then says why, now or later in this
 * turn of the event loop, as Node does for one error or another.
 */
export function spawnCommand(
  command: Command,
  takePipe: PipeSource,
  onError: (error: Error) => void,
): Spawned | undefined {
  const pipes: Pipe[] = [];
  // The umask belongs to the whole process; spawn is synchronous, so no other job sees it.
  const ownUmask = process.umask(command.umask & 0o777);
  try {
    while (pipes.length < 3) pipes.push(takePipe());
    const [input, output, errors] = pipes as [Pipe, Pipe, Pipe];
    const streams = [input.readEnd, output.writeEnd, errors.writeEnd] as const;
    const child = isText(command) ? spawnText(command, streams) : spawnExactly(command, streams);
    child.on('error', onError);
    if (child.pid !== undefined) {
      for (const end of streams) closeSync(end);
      pipes.length = 0;
      return {
        child,
        pid: child.pid,
        stdin: new Socket({ fd: input.writeEnd, readable: false, writable: true }),
        stdout: new Socket({ fd: output.readEnd, readable: true, writable: false }),
        stderr: new Socket({ fd: errors.readEnd, readable: true, writable: false }),
      };
    }
  } catch (error) {
    onError(error as Error);
  } finally {
    process.umask(ownUmask);
    for (const pipe of pipes) closePipe(pipe);
  }
  return undefined;
}

/** What the system said, as a shell would tell it and with the status a shell would give it. */
export function explainSpawnError(command: Command, error: Error): Frame {
  const name = text(command.arguments[0]!);
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') {
    // The program was found just now, so it is its interpreter or loader that is missing.
    const message = `${name}: cannot execute: required file not found`;
    return { type: 'failed', reason: 'not-found', message };
  }
  const reason = programErrors.has(code) ? 'not-executable' : 'spawn-failed';
  return { type: 'failed', reason, message: `${name}: ${systemReason(error)}` };
}

/** The program's own fault. Any other is the node's: elsewhere it may run. */
const programErrors = new Set<string | undefined>([
  'E2BIG',
  'EACCES',
  'ELOOP',
  'ENOEXEC',
  'ENOTDIR',
  'EPERM',
  'ETXTBSY',
]);

/** libuv does execvp here: PATH of the command, its directory, /bin/sh for a script without #!. */
function spawnText(command: Command, streams: CommandStreams): ChildProcess {
  const [program, ...words] = command.arguments.map(text);
  const variables: NodeJS.ProcessEnv = Object.create(null);
  for (const variable of command.variables.map(text)) {
    const end = variable.indexOf('=');
    variables[variable.slice(0, end)] = variable.slice(end + 1);
  }
  return spawn(program!, words, {
    cwd: text(command.directory),
    env: variables,
    detached: true,
    stdio: [...streams],
  });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
