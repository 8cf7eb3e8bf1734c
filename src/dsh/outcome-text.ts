/** How a job ended, in the word that the daemon shows of it. */
import { constants } from 'node:os';
import type { Outcome } from '../core/outcome.ts';
import type { EndFrame } from '../core/wire/frame.ts';

export function describeOutcome(outcome: Outcome): string {
  switch (outcome.verdict) {
    case 'exited':
      return String(outcome.status);
    case 'signalled':
      return signalName(outcome.signal);
    case 'not-started':
      return 'not started';
    case 'timed-out':
      return 'timed out';
    case 'lost':
      return 'lost';
  }
}

export function describeEnd(frame: EndFrame): string {
  switch (frame.type) {
    case 'exited':
      return String(frame.status);
    case 'signalled':
      return signalName(frame.signal);
    case 'failed':
      return 'not started';
    case 'timed-out':
      return 'timed out';
    case 'lost':
      return 'lost';
  }
}

function signalName(signal: number): string {
  return signalNames.get(signal) ?? `signal ${signal}`;
}

const signalNames = new Map(
  // Some have two names; the first is the usual one.
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name]),
);
