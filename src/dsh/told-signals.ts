/**
 * The signals that the command has been told, and whether the agent has read them. A stopped agent
 * (SIGSTOP) takes them without end, and would make dsh deaf to them.
 */
import type { Outcome } from '../core/outcome.ts';
import type { Frame } from '../core/wire/frame.ts';

export interface ToldSignals {
  /** One that is for dsh itself, as the command is dead. */
  note(signal: number): void;
  tell(signal: number): void;
  /** PONG has come. */
  answered(): void;
  /**
   * Whether nobody waits any more for who reads the output: who kills a command does not, nor who has
   * lost it. One that ends by itself, when told to, may have something to say.
   */
  endsPatience(outcome: Outcome): boolean;
}

/** Longer than a busy machine keeps an agent waiting, less than a user's patience. */
const ANSWER_DEADLINE_MS = 10_000;

export function createToldSignals(
  send: (frame: Frame) => void,
  onSilence: () => void,
): ToldSignals {
  const told = new Set<number>();
  let timer: NodeJS.Timeout | undefined;
  let isAgentSilent = false;

  /** If dsh itself was stopped, the answer is there and read in this turn of the event loop. */
  function look(): void {
    setImmediate(() => {
      if (!timer) return;
      isAgentSilent = true;
      onSilence();
    });
  }

  return {
    note: (signal) => void told.add(signal),
    tell(signal) {
      told.add(signal);
      send({ type: 'signal', signal });
      if (timer) return;
      send({ type: 'ping' });
      timer = setTimeout(look, ANSWER_DEADLINE_MS).unref();
    },
    answered() {
      clearTimeout(timer);
      timer = undefined;
    },
    endsPatience(outcome) {
      if (isAgentSilent || outcome.verdict === 'timed-out') return true;
      return outcome.verdict === 'signalled' && told.has(outcome.signal);
    },
  };
}
