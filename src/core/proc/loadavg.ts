import { parseFigure } from './figures.ts';

export interface LoadAverages {
  /** Averages over 1, 5 and 15 minutes of runnable and uninterruptible threads. */
  readonly oneMinute: number;
  readonly fiveMinutes: number;
  readonly fifteenMinutes: number;
  /** Threads that run or wait for a CPU now, on the whole machine, the reader of the file too. */
  readonly runnable: number;
  readonly threads: number;
}

/** Reads /proc/loadavg: `0.20 0.18 0.12 1/80 11206`. */
export function parseLoadavg(text: string): LoadAverages | undefined {
  const [one, five, fifteen, counts] = text.trim().split(/\s+/, 4);
  const oneMinute = parseFigure(one);
  const fiveMinutes = parseFigure(five);
  const fifteenMinutes = parseFigure(fifteen);
  const [running, all] = counts?.split('/', 2) ?? [];
  const runnable = parseFigure(running);
  const threads = parseFigure(all);
  if (
    oneMinute === undefined ||
    fiveMinutes === undefined ||
    fifteenMinutes === undefined ||
    runnable === undefined ||
    threads === undefined
  ) {
    return undefined;
  }
  return { oneMinute, fiveMinutes, fifteenMinutes, runnable, threads };
}
