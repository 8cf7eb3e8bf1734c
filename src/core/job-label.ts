/**
 * Who wants a job and what it is, for people who look. It is what the caller says of itself, and nobody checks
 * it: never a ground for a decision.
 */
export interface JobLabel {
  readonly user: string;
  /** The command line, or as much of it as its user wants to be seen; may be empty. */
  readonly command: string;
  /** The process of its `dsh` on the daemon's host; of a command that runs there, its own. */
  readonly callerPid?: number;
}

export const LABEL_USER_MAX = 32;
export const LABEL_COMMAND_MAX = 120;
export const LABEL_OUTCOME_MAX = 24;

/** A text that a terminal, a page or a log may show: of one line, bounded, without controls. */
export function cleanText(text: string, charactersMax: number): string {
  // Cut before it is cleaned, so that the work is bounded too.
  return text.slice(0, charactersMax).replace(unshowable, '?');
}

/** Controls, what turns the direction of the text around, and halves of characters. */
const unshowable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
