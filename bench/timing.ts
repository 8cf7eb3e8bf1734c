/** Times whole processes from outside, those to be compared in turn (`time-process.c`). */
import { existsSync } from 'node:fs';
import type { Lab } from '../lab/cluster.ts';
import { runCommand } from '../lab/command.ts';
import { projectDirectory } from '../lab/project.ts';
import type { Setting } from './setting.ts';

export interface Timed {
  readonly words: readonly string[];
  /** Run in every so many rounds only: for what is slow. */
  readonly every?: number;
}

export interface TimedPlan<Name extends string> {
  readonly commands: Readonly<Partial<Record<Name, Timed>>>;
  readonly rounds: number;
  readonly directory?: string;
}

/**
 * Runs the commands in turn as on a host; returns the milliseconds that each run took, by name. A
 * name without a command has no samples. Rejects when one fails, with what it said.
 */
export async function timeInTurn<Name extends string>(
  setting: Setting,
  lab: Lab,
  host: string,
  { commands, rounds, directory }: TimedPlan<Name>,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const timer = await buildTimer(setting);
  const given = (Object.entries(commands) as [Name, Timed | undefined][]).filter(
    ([, each]) => each,
  );
  const parts = given.flatMap(([, each]) => [`:${each!.every ?? 1}`, ...each!.words]);
  const { status, stdout, stderr } = await lab.runFrom(host, [timer, `${rounds}`, ...parts], {
    directory,
    deadlineMs: DEADLINE_MS,
  });
  const runs = parseRuns(stdout);
  const failed = runs.find((run) => run.status !== 0);
  if (status !== 0 || failed) {
    const words = failed ? given[failed.command]![1]!.words.join(' ') : timer;
    throw new Error(`${words}: wait status ${failed?.status ?? status}: ${stderr.trim()}`);
  }
  const samples = given.map(([name], index) => [
    name,
    runs.filter(({ command }) => command === index).map(({ milliseconds }) => milliseconds),
  ]);
  const none = Object.keys(commands).map((name) => [name, []]);
  return Object.fromEntries([...none, ...samples]) as Record<Name, readonly number[]>;
}

/** An hour: it ends what hangs, not what is slow. */
const DEADLINE_MS = 3_600_000;

async function buildTimer({ directory }: Setting): Promise<string> {
  const program = `${directory}/time-process`;
  if (existsSync(program)) return program;
  const source = `${projectDirectory}/bench/time-process.c`;
  const { status, stderr } = await runCommand(['cc', '-O2', '-o', program, source]);
  if (status !== 0) throw new Error(`cc cannot build ${source}: ${stderr.trim()}`);
  return program;
}

function parseRuns(
  text: string,
): readonly { readonly command: number; readonly milliseconds: number; readonly status: number }[] {
  return text
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [command, nanoseconds, status] = line.split(' ').map(Number);
      return { command: command!, milliseconds: nanoseconds! / 1e6, status: status! };
    });
}
