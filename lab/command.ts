/** Runs one command to its end and keeps all it said. */
import { type ChildProcess, spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';

export interface CommandOptions {
  readonly directory?: string | undefined;
  /** The whole environment; without it, this program's. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** All of its standard input; without it, the input is empty. */
  readonly input?: string | Uint8Array | undefined;
  /** The command is killed, and the call fails, when it takes longer. */
  readonly deadlineMs?: number | undefined;
}

export interface CommandResult {
  /** Exit status; `null` when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Buffer;
}

export async function runCommand(
  words: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const [program, ...rest] = words;
  if (program === undefined) throw new Error('runCommand: a command without words');
  const child = spawn(program, rest, {
    cwd: options.directory,
    env: options.environment,
    timeout: options.deadlineMs ?? COMMAND_DEADLINE_MS,
    killSignal: 'SIGKILL',
  });
  // A command may end without reading its input; what it returns says whether that was right.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [stdoutBytes, stderr, end] = await Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    waitForEnd(child),
  ]);
  return { ...end, stdout: stdoutBytes.toString(), stderr: stderr.toString(), stdoutBytes };
}

const COMMAND_DEADLINE_MS = 60_000;

function waitForEnd(child: ChildProcess): Promise<Pick<CommandResult, 'status' | 'signal'>> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal }));
  });
}
