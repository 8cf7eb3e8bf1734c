/** Starts a command in a session of its own, with its directory, umask, words and variables. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { getPriority, setPriority } from 'node:os';
import type { Writable } from 'node:stream';
import type { Command } from '../core/wire/command.ts';
import type { Frame } from '../core/wire/frame.ts';
import { isText, spawnExactly } from './exact-bytes.ts';
import { closePipe, type Pipe, type PipeSource } from './pipes.ts';
import { systemReason } from '../node/system-reason.ts';

/** A running command and our ends of its streams; undefined is one that is /dev/null there. */
export interface Spawned {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stdin: Writable | undefined;
  readonly stdout: Socket | undefined;
  readonly stderr: Socket | undefined;
}

/** The command's descriptors 0, 1 and 2, as Node's spawn takes them. */
export type CommandEnds = readonly ['pipe' | 'ignore', number | 'ignore', number | 'ignore'];

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
  // Node cannot start a command with a closed descriptor; /dev/null is nearest to it.
  const isNull = (descriptor: number): boolean =>
    ((command.devNull | command.closed) & (1 << descriptor)) !== 0;
  function openOutput(descriptor: 1 | 2): Pipe | undefined {
    if (isNull(descriptor)) return undefined;
    const pipe = takePipe();
    pipes.push(pipe);
    return pipe;
  }
  try {
    const [output, errors] = [openOutput(1), openOutput(2)];
    const ends: CommandEnds = [
      isNull(0) ? 'ignore' : 'pipe',
      output?.writeEnd ?? 'ignore',
      errors?.writeEnd ?? 'ignore',
    ];
    const child = withUmask(command.umask, () =>
      isText(command) ? spawnText(command, ends) : spawnExactly(command, ends),
    );
    child.on('error', onError);
    if (child.pid === undefined) {
      pipes.forEach(closePipe);
      return undefined;
    }
    for (const { writeEnd } of pipes) closeSync(writeEnd);
    setNice(child.pid, command.nice);
    return {
      child,
      pid: child.pid,
      stdin: child.stdin ?? undefined,
      stdout: output && readFrom(output),
      stderr: errors && readFrom(errors),
    };
  } catch (error) {
    pipes.forEach(closePipe);
    onError(error as Error);
    return undefined;
  }
}

function readFrom({ readEnd }: Pipe): Socket {
  return new Socket({ fd: readEnd, readable: true, writable: false });
}

/** What the command has started before this keeps the runner's own value. */
function setNice(pid: number, nice: number | undefined): void {
  if (nice === undefined || nice === getPriority()) return;
  try {
    setPriority(pid, nice);
  } catch {
    // It has ended already, or this user may not go so low here.
  }
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

/** The umask belongs to the whole process; spawn is synchronous, so no other job sees it. */
function withUmask<T>(umask: number, run: () => T): T {
  const own = process.umask(umask & 0o777);
  try {
    return run();
  } finally {
    process.umask(own);
  }
}

/** libuv does execvp here: PATH of the command, its directory, /bin/sh for a script without #!. */
function spawnText(command: Command, ends: CommandEnds): ChildProcess {
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
    stdio: [...ends],
  });
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
