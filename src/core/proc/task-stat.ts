import { parseFigure } from './figures.ts';

export interface TaskStat {
  /** One letter of proc(5): `R` runs or waits for a CPU, `D` waits for a disk, `S` sleeps… */
  readonly state: string;
  /** Threads of the process, this one counted. */
  readonly threads: number;
}

/** Reads /proc/PID/stat, or that of one thread. */
export function parseTaskStat(text: string): TaskStat | undefined {
  // The name in parentheses is the program's choice: it may hold blanks, newlines and parentheses.
  const end = text.lastIndexOf(') ');
  if (end < 0) return undefined;
  const fields = text.slice(end + 2).split(' ', THREADS_FIELD + 1);
  const state = fields[0];
  const threads = parseFigure(fields[THREADS_FIELD]);
  if (state === undefined || !STATE.test(state) || threads === undefined) return undefined;
  return { state, threads };
}

/** `num_threads` is field 20 of proc(5), and the state, the first after the name, is field 3. */
const THREADS_FIELD = 17;
const STATE = /^[A-Za-z]$/;
