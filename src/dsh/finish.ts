/** Ends this process as the command ended. */
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { exitStatuses, failureStatuses, type Outcome } from '../core/outcome.ts';
import { say } from './say.ts';
import { dieBySignal } from './signals.ts';

export function finish(outcome: Outcome): never {
  switch (outcome.verdict) {
    case 'exited':
      return exit(outcome.status);
    case 'signalled':
      return dieBySignal(outcome.signal);
    case 'not-started':
      say(outcome.message);
      return exit(failureStatuses[outcome.reason]);
    case 'timed-out':
      return exit(exitStatuses.timeout);
    case 'lost':
      say(outcome.message);
      return exit(exitStatuses.lost);
  }
}

function exit(status: number): never {
  // Node's last act is to give terminals the modes that they had at its start. The command may have
  // meant its changes (`dsh stty -echo`), and in the background the terminal is somebody else's.
  for (const descriptor of [0, 1, 2]) if (isatty(descriptor)) closeSync(descriptor);
  return process.exit(status);
}
