/**
 * A row of the conformance suite: one situation, run directly and through dsh, with equal results.
 *
 * The situation is a bash script, since how a command is called (redirections, umask, limits, its
 * environment, pipes) is what a shell says best. In it stand for
 *
 *     $dsh         what comes before the command: `dsh -H NODE --`, or nothing of consequence
 *     $on          the same without `--`, for options of dsh; the row then gives `directly` as well
 *     "${lab[@]}"  the variables by which dsh finds its cluster, for `env -i`
 *     await WORDS  waits until the command WORDS succeeds
 *
 * The script runs in an empty directory of its own, in a session of its own, with real pipes as its
 * standard streams, and its bash should become the command (`exec $dsh …`) where the end counts.
 */

/** Where the command runs, and how dsh gets it there. */
export type Path = 'remote' | 'local' | 'one-shot';

/** How a situation ended and what it left behind. */
export interface Result {
  /** Exit status, or the signal that ended it. */
  readonly end: number | NodeJS.Signals;
  /** Bytes as characters (latin1). The path of the run's own directory is replaced by `@`. */
  readonly stdout: string;
  readonly stderr: string;
  /** By path: kind, mode, links, content or target (`files.ts`). */
  readonly files: Readonly<Record<string, string>>;
}

/** Something that is done once the command has written so much to stdout. */
export interface Step {
  readonly after: string;
  readonly signal?: NodeJS.Signals;
  readonly input?: string;
}

export interface Expectation extends Partial<Pick<Result, 'end' | 'files'>> {
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

export interface Difference extends Expectation {
  readonly because: string;
  /** Where it is allowed; without it, everywhere. */
  readonly on?: readonly Path[];
}

export interface Row {
  readonly name: string;
  readonly run: string;
  /** What is the same without dsh, where `run` uses an option of dsh. */
  readonly directly?: string;
  /** All of the standard input; with `steps`, its beginning: it then ends after the last step. */
  readonly input?: string;
  readonly steps?: readonly Step[];
  /**
   * What the direct run must show, so that a row cannot hold for want of anything happening.
   * Unless told otherwise: status 0 and nothing on stderr.
   */
  readonly shows?: Expectation;
  /** What may be otherwise through dsh; `docs/conformance.md` lists the reasons. */
  readonly differs?: Difference | readonly Difference[];
  /** Paths on which the situation cannot arise, and why. */
  readonly leftOut?: { readonly on: readonly Path[]; readonly because: string };
  /** What the TypeScript runner cannot do. */
  readonly needs?: 'native runner';
  /** Root may do what this row is about. */
  readonly forUsersOnly?: boolean;
}

/** Makes descriptor 5 a pipe that nobody reads, and `isFull` a command that tells when it is. */
export const stuckPipe = String.raw`mkfifo pipe; exec 5<>pipe; rm pipe
  isFull() { perl -e 'ioctl(STDIN, 0x541B, $n = pack("L", 0)); exit(unpack("L", $n) < 65536)' <&5; }`;
