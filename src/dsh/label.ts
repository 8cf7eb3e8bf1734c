/** What the daemon is told of a job for people who look: who wants it, and as much as he shows of what. */
import { userInfo } from 'node:os';
import { type JobLabel, LABEL_COMMAND_MAX } from '../core/job-label.ts';

/** @param callerPid of the `dsh`; 0: not known. */
export function createLabel(
  words: readonly Uint8Array[],
  show: string | undefined,
  callerPid: number,
): JobLabel {
  const command = shownWords(words, show).map((word) => Buffer.from(word).toString());
  return {
    user: (userName ??= readUserName()),
    command: command.join(' ').slice(0, LABEL_COMMAND_MAX),
    ...(callerPid > 0 && { callerPid }),
  };
}

/** DSH_SHOW. A word that it does not know hides all, so that a slip of the pen shows nothing. */
function shownWords(words: readonly Uint8Array[], show: string | undefined): readonly Uint8Array[] {
  if (!show || show === 'command') return words;
  return show === 'program' ? words.slice(0, 1) : [];
}

let userName: string | undefined;

function readUserName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account that no list of users has.
    return String(process.getuid!());
  }
}
