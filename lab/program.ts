/** Starts one program of a host in the background and waits until it serves. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { isAlive, type ProcessIdentity, readProcess } from './process-table.ts';
import { DEADLINE_MS, waitUntil } from './wait.ts';

export interface Program {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Both outputs are appended here. */
  readonly log: string;
  isReady(): Promise<boolean>;
}

/**
 * Starts `program` as a session leader: ^C at the terminal then reaches whoever uses the lab, and
 * not the lab itself, which is ended in its own order.
 */
export function startProgram(program: Program): ProcessIdentity {
  const log = openSync(program.log, 'a');
  const child = spawn(program.file, program.arguments, {
    env: program.environment,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  child.on('error', () => {});
  child.unref();
  // Even if it has ended already, it is a zombie that waits for this turn of the event loop.
  const entry = child.pid === undefined ? undefined : readProcess(child.pid);
  if (entry === undefined) throw new Error(`cannot start ${program.file}`);
  return entry;
}

/** Waits until `program` serves; fails at once, with the end of its log, when it ends instead. */
export async function waitUntilReady(
  program: Program,
  identity: ProcessIdentity,
  deadlineMs: number = DEADLINE_MS,
): Promise<void> {
  try {
    await waitUntil(
      'it to be ready',
      async () => {
        if (!isAlive(identity)) throw new Error('it ended');
        return program.isReady();
      },
      deadlineMs,
    );
  } catch (error) {
    throw explainFailure(program, (error as Error).message);
  }
}

/** What went wrong with `program`, and the end of its log, which may be gone when this is read. */
export function explainFailure(program: Program, reason: string): Error {
  const what = [program.file, ...program.arguments].join(' ');
  return new Error(`${what}: ${reason}; it said:\n${lastLines(program.log)}`);
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}
