/** What a subcommand of dshctl is. */
import type { Option, OptionValues } from '../core/option-table.ts';

/** The row of a subcommand in `commands.ts`: all that `dshctl --help` needs. */
export interface CommandEntry {
  readonly name: string;
  /** What may follow it besides options: `JOB`, `[NODE]`, or nothing. */
  readonly words: string;
  /** One line of help. */
  readonly brief: string;
  /** The rest is loaded when it is called. */
  load(): Promise<Command>;
}

export interface Command<Table extends readonly Option[] = readonly Option[]> {
  /** `--help` is everybody's, and is not among them. */
  readonly options: Table;
  /** How many words may follow; more are misuse. */
  readonly wordsMin: number;
  readonly wordsMax: number;
  /** The words are those of a command, whose options are its own: ours end before it. */
  readonly isForCommand?: boolean;
  /** Sentences for `--help`, below the options; empty where the options say it all. */
  readonly notes: string;
  /**
   * Prints to stdout and returns the exit status; a thrown Error is one line for the user, with that of `failure`
   * if it was made by that.
   */
  run(line: CommandLine<Table>): Promise<number>;
}

export interface CommandLine<Table extends readonly Option[] = readonly Option[]> {
  readonly values: OptionValues<Table>;
  readonly words: readonly string[];
}

/** Keeps the types of the options' values within the command and hides them from who calls it. */
export function createCommand<const Table extends readonly Option[]>(
  command: Command<Table>,
): Command {
  return command;
}

export const exitStatuses = {
  done: 0,
  /** The answer is no, or what was asked for could not be had; stderr says why. */
  failed: 1,
  misuse: 2,
  /** No daemon answers on this machine. */
  noDaemon: 3,
} as const;

export type ExitStatus = (typeof exitStatuses)[keyof typeof exitStatuses];

/** An Error of one line that ends dshctl with `status`; an Error without one ends it as `failed`. */
export function failure(message: string, status: ExitStatus): Error & { status: ExitStatus } {
  return Object.assign(new Error(message), { status });
}
