/** ^C and its kin while a cluster stands or is half-way up. */
import { constants } from 'node:os';

export interface CleanUp {
  /** A signal has come; nothing new should be started. */
  isUnderWay(): boolean;
  /**
   * Cleans up at the regular end. When a signal came first it does not return, and the program ends
   * by that.
   */
  finish(): Promise<void>;
}

/** Has `cleanUp` run before one of these signals ends the program. */
export function cleanUpOnSignal(cleanUp: () => Promise<void>): CleanUp {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let ending: Promise<void> | undefined;

  // The second ^C of an impatient user must not end what the first has begun.
  const listener = (signal: (typeof signals)[number]): void => {
    ending ??= cleanUp().finally(() => process.exit(128 + constants.signals[signal]));
  };
  for (const signal of signals) process.on(signal, listener);

  return {
    isUnderWay: () => ending !== undefined,
    async finish() {
      await (ending ??= cleanUp());
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
