/** Ends this process as the command ended. */
import { exitStatuses, failureStatuses, type Outcome } from '../core/outcome.ts';
import { say } from './say.ts';
import { dieBySignal } from './signals.ts';

export function finish(outcome: Outcome): never {
  switch (outcome.verdict) {
    case 'exited':
      return process.exit(outcome.status);
    case 'signalled':
      return dieBySignal(outcome.signal);
    case 'not-started':
      say(outcome.message);
      return process.exit(failureStatuses[outcome.reason]);
    case 'timed-out':
      return process.exit(exitStatuses.timeout);
    case 'lost':
      say(outcome.message);
      return process.exit(exitStatuses.lost);
  }
}
