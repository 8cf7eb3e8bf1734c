/** Stops this process as a shell with job control expects it of a job. */

/**
 * Returns when the process goes on. A signal of the terminal does not stop a process whose group
 * no shell could wake again (`xterm -e dsh vim`); then it returns at once.
 *
 * @param isTyped the whole job is stopped, as by the terminal's key.
 */
export function stopAs(signal: number, isTyped: boolean): void {
  // A listener takes the place of the stop; and what wakes us must not be heard twice.
  const kept = jobControl.map((name) => ({ name, listeners: process.listeners(name) }));
  for (const { name } of kept) process.removeAllListeners(name);
  try {
    process.kill(
      isTyped && signal === SIGTSTP ? 0 : process.pid,
      stops.has(signal) ? signal : SIGSTOP,
    );
  } finally {
    for (const { name, listeners } of kept) {
      for (const listener of listeners) process.on(name, listener);
    }
  }
}

const jobControl = ['SIGTSTP', 'SIGCONT'] as const;
const SIGSTOP = 19;
const SIGTSTP = 20;
/** SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU. */
const stops: ReadonlySet<number> = new Set([SIGSTOP, SIGTSTP, 21, 22]);
