/** Who ran what where: jobs of the last ten minutes at most as bars in the rows of their nodes. */
import { compareNames, type JobRow } from './model.ts';

const WINDOWS_MS = [1, 2, 3, 5, 10].map((minutes) => minutes * 60_000);
const WINDOW_MS_MAX = WINDOWS_MS.at(-1)!;
const ROWS_MAX = 24;
const LANES_MAX = 8;

export interface TimelineRow {
  readonly node: string;
  /** Jobs that ran at the same time are in lanes of their own. */
  readonly lanes: number;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly job: JobRow;
  readonly lane: number;
  /** Shares of the window. */
  readonly from: number;
  readonly to: number;
}

export interface TimelineLayout {
  readonly rows: readonly TimelineRow[];
  /** The shortest that holds all jobs. */
  readonly windowMs: number;
  /** Nodes for which there is no row. */
  readonly more: number;
}

export function layOutJobs(jobs: Iterable<JobRow>, nowMs: number): TimelineLayout {
  const byNode = new Map<string, JobRow[]>();
  let oldestMs = nowMs;
  for (const job of jobs) {
    if ((job.endedMs ?? nowMs) < nowMs - WINDOW_MS_MAX) continue;
    oldestMs = Math.min(oldestMs, job.placedMs);
    byNode.set(job.node, [...(byNode.get(job.node) ?? []), job]);
  }
  // The nodes with the newest jobs have rows, in the order of their names.
  const newest = [...byNode].toSorted(([, a], [, b]) => lastPlaced(b) - lastPlaced(a));
  const shown = newest.slice(0, ROWS_MAX).toSorted(([a], [b]) => compareNames(a, b));
  const windowMs = WINDOWS_MS.find((ms) => nowMs - oldestMs <= ms) ?? WINDOW_MS_MAX;
  const rows = shown.map(([node, list]) => layOutRow(node, list, nowMs, windowMs));
  return { rows, windowMs, more: newest.length - rows.length };
}

/** Colours for users: `--user-0` and so on. */
export const USER_COLOURS = 6;

/** The same colour for a user in every visit. */
export function userColour(user: string): number {
  let hash = 0;
  for (const letter of user) hash = (hash * 31 + letter.codePointAt(0)!) % 65_521;
  return hash % USER_COLOURS;
}

function lastPlaced(jobs: readonly JobRow[]): number {
  return Math.max(...jobs.map(({ placedMs }) => placedMs));
}

function layOutRow(
  node: string,
  jobs: readonly JobRow[],
  nowMs: number,
  windowMs: number,
): TimelineRow {
  const freeFrom: number[] = [];
  const share = (ms: number): number => Math.max(0, 1 - (nowMs - ms) / windowMs);
  const bars = jobs.map((job) => {
    const endMs = job.endedMs ?? nowMs;
    const found = freeFrom.findIndex((ms) => ms <= job.placedMs);
    // Beyond the last lane they lie upon each other.
    const lane = found >= 0 ? found : Math.min(freeFrom.length, LANES_MAX - 1);
    freeFrom[lane] = Math.max(endMs, freeFrom[lane] ?? -Infinity);
    return { job, lane, from: share(job.placedMs), to: share(endMs) };
  });
  return { node, lanes: Math.max(1, freeFrom.length), bars };
}
