/**
 * How a command can end, and the exit status that dsh then has. The manual and the tests take the
 * figures from here.
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
