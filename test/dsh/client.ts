/** Runs the real client as a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildProgram } from '../support/build-program.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

export interface ClientEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a finished process left, its output as Latin-1, in which no byte is lost. */
export async function ending(child: ChildProcess): Promise<ClientEnd> {
  const [stdout, stderr, [status, signal]] = await Promise.all([
    child.stdout ? text(child.stdout.setEncoding('latin1')) : '',
    child.stderr ? text(child.stderr.setEncoding('latin1')) : '',
    once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { status, signal, stdout, stderr };
}

export interface ClientProgram {
  readonly path: string;
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Starts `dsh WORDS…` with pipes. */
  start(words: readonly string[], more?: { cwd?: string; env?: NodeJS.ProcessEnv }): ChildProcess;
  /** Starts a shell in which `$DSH` is the client, for what only a shell can set up. */
  shell(script: string, env?: NodeJS.ProcessEnv): ChildProcess;
}

/** Call it once in a file, outside of its tests. */
export async function prepareClient(): Promise<ClientProgram> {
  const directory = createTemporaryFolder();
  const path = await buildProgram('dsh', directory);
  const [program, ...first] = path.endsWith('.js') ? [process.execPath, path] : [path];
  const environment = isolatedEnvironment(directory);
  return {
    path,
    directory,
    environment,
    start: (words, { cwd = directory, env = {} } = {}) =>
      spawn(program, [...first, ...words], { cwd, env: { ...environment, ...env } }),
    shell: (script, env = {}) =>
      spawn('/bin/sh', ['-c', script], {
        cwd: directory,
        env: { ...environment, DSH: [program, ...first].join(' '), ...env },
      }),
  };
}

/** An environment in which nothing of this machine's own dsh can be met. */
function isolatedEnvironment(directory: string): NodeJS.ProcessEnv {
  const runtime = join(directory, 'runtime');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  return {
    PATH: process.env['PATH'],
    HOME: directory,
    XDG_RUNTIME_DIR: runtime,
    DSH_SOCKET: join(directory, 'dshd.sock'),
    DSH_AGENT: join(directory, 'agent.sock'),
  };
}
