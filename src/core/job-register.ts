/**
 * The jobs that this daemon has placed: those that run, and the last that ended. It is for people and costs a
 * dispatch one object; what is reserved is the ledger's affair.
 */
import type { JobLabel } from './job-label.ts';
import type { JobReport } from './wire/control-report.ts';

export interface JobRegister {
  readonly running: Map<number, RegisteredJob>;
  /** A ring: the next to end takes the place of the oldest at `next`. */
  readonly ended: RegisteredJob[];
  next: number;
}

export const ENDED_JOBS_MAX = 1000;
/** Of the running, the newest: an answer has to fit into a line (CONTROL_REPLY_BYTES_MAX). */
export const RUNNING_JOBS_SHOWN_MAX = 16_000;

export interface RegisteredJob {
  readonly job: number;
  readonly node: string;
  readonly label: JobLabel;
  readonly cpus: number;
  readonly placedMs: number;
  startedMs: number | undefined;
  endedMs: number | undefined;
  /** At its node. */
  pid: number | undefined;
  outcome: string | undefined;
}

export function createJobRegister(): JobRegister {
  return { running: new Map(), ended: [], next: 0 };
}

export function registerJob(
  { running }: JobRegister,
  placed: Pick<RegisteredJob, 'job' | 'node' | 'cpus' | 'placedMs'>,
  label: JobLabel = noLabel,
): void {
  running.set(placed.job, {
    job: placed.job,
    node: placed.node,
    label,
    cpus: placed.cpus,
    placedMs: placed.placedMs,
    startedMs: undefined,
    endedMs: undefined,
    pid: undefined,
    outcome: undefined,
  });
}

export function registerStart(
  { running }: JobRegister,
  job: number,
  pid: number | undefined,
  nowMs: number,
): void {
  const entry = running.get(job);
  if (!entry) return;
  entry.startedMs ??= nowMs;
  entry.pid = pid;
}

export function registerEnd(
  register: JobRegister,
  job: number,
  outcome: string | undefined,
  nowMs: number,
): void {
  const entry = register.running.get(job);
  if (!entry) return;
  register.running.delete(job);
  entry.endedMs = nowMs;
  entry.outcome = outcome;
  register.ended[register.next] = entry;
  register.next = (register.next + 1) % ENDED_JOBS_MAX;
}

/** The running jobs, then those that ended, the newest of each first. */
export function listJobs({ running, ended, next }: JobRegister, nowMs: number): JobReport[] {
  const live = [...running.values()].slice(-RUNNING_JOBS_SHOWN_MAX).toReversed();
  const past = [...ended.slice(next), ...ended.slice(0, next)].toReversed();
  return [...live, ...past].map((entry) => reportJob(entry, nowMs));
}

const noLabel: JobLabel = { user: '', command: '' };

function reportJob(entry: RegisteredJob, nowMs: number): JobReport {
  const { job, node, label, cpus, placedMs, startedMs, endedMs, outcome, pid } = entry;
  const ago = (ms: number): number => (nowMs - ms) / 1000;
  return {
    job,
    node,
    ...label,
    cpus,
    placedSecondsAgo: ago(placedMs),
    ...(startedMs === undefined ? {} : { startedSecondsAgo: ago(startedMs) }),
    ...(endedMs === undefined ? {} : { endedSecondsAgo: ago(endedMs) }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(pid === undefined ? {} : { pid }),
  };
}
