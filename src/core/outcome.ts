/**
 * How a command can end, and the exit status that dsh then has. `--help` takes its text from here,
 * and a test compares the manual, README.md and docs/failures.md with it.
 *
 * The range is that of env(1), nohup(1) and timeout(1): 124 to 127 are the wrapper's own, 122 and
 * 123 are dsh's besides, and 128+S is what a shell shows for a death by signal S, which dsh does not
 * return but dies of.
 */
import type { FailureReason } from './wire/failure-reason.ts';

export const exitStatuses = {
  /**
   * The files: what the command was to read was not there as it is here, and it did not start; or
   * what it wrote did not appear here, though it ended with 0.
   */
  incoherent: 122,
  /** It started, then contact was lost: whether it ended, and how, is unknown. */
  lost: 123,
  timeout: 124,
  /** It did not start, so running it again is safe. Also wrong options of dsh itself. */
  notStarted: 125,
  notExecutable: 126,
  notFound: 127,
} as const;

/** Every ending, in the order in which users are told of them. */
export const endings: readonly Ending[] = [
  { status: 'N', meaning: 'the command exited with N' },
  { status: 'dsh dies by S', meaning: 'the command died by signal S' },
  {
    status: `${exitStatuses.incoherent}`,
    meaning: 'files are not there, or do not appear here',
    brief: 'files not as expected',
  },
  {
    status: `${exitStatuses.lost}`,
    meaning: 'it started, then contact was lost: outcome unknown',
    brief: 'contact was lost',
  },
  { status: `${exitStatuses.timeout}`, meaning: '`--timeout` was reached', brief: 'time limit' },
  {
    status: `${exitStatuses.notStarted}`,
    meaning: 'it did not start, nowhere: running it again is safe',
    brief: 'not started',
  },
  {
    status: `${exitStatuses.notExecutable}`,
    meaning: 'found but not executable',
    brief: 'not executable',
  },
  { status: `${exitStatuses.notFound}`, meaning: 'not found', brief: 'not found' },
];

export interface Ending {
  /** What a shell sees of dsh. */
  readonly status: string;
  readonly meaning: string;
  /** For `--help`; the command's own endings have none. */
  readonly brief?: string;
}

export type Outcome =
  | { readonly verdict: 'exited'; readonly status: number }
  | { readonly verdict: 'signalled'; readonly signal: number }
  | { readonly verdict: 'not-started'; readonly reason: FailureReason; readonly message: string }
  /** `--timeout` was reached and the command was ended. */
  | { readonly verdict: 'timed-out' }
  | { readonly verdict: 'lost'; readonly message: string };

export const failureStatuses: { readonly [R in FailureReason]: number } = {
  'no-node': exitStatuses.notStarted,
  'no-directory': exitStatuses.notStarted,
  'not-found': exitStatuses.notFound,
  'not-executable': exitStatuses.notExecutable,
  'bad-request': exitStatuses.notStarted,
  'spawn-failed': exitStatuses.notStarted,
  incoherent: exitStatuses.incoherent,
};
