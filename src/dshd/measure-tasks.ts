/**
 * Runnable threads where /proc/loadavg does not say how many: in a pid namespace it still counts
 * the whole machine's, so the threads that procfs lists are counted one by one.
 *
 * Only state R counts. Field 4 of loadavg, which this stands in for, is the kernel's nr_running()
 * and leaves out the uninterruptible (D) threads that the averages add: they wait for a disk or an
 * NFS server, not for a CPU, and a server that is down would make every node look full.
 */
import { parseTaskStat, type TaskStat } from '../core/proc/task-stat.ts';
import { listNumbers, readLink, readText } from './measure-files.ts';

/** Whether procfs shows a pid namespace other than the machine's first. */
export function isOwnPidNamespace(procfs: string): boolean {
  const namespace = readLink(`${procfs}/self/ns/pid`);
  return namespace !== undefined && namespace !== FIRST_PID_NAMESPACE;
}

/** Returns a function that says how many threads, the daemon's own left out, are runnable. */
export function createTaskCounter(procfs: string, nowMs: () => number): () => number {
  let runnable = 0;
  let dueMs = -Infinity;
  return () => {
    if (nowMs() < dueMs) return runnable;
    const count = countTasks(procfs);
    dueMs = nowMs() + count.tasks * PAUSE_MS_PER_TASK;
    runnable = count.runnable;
    return runnable;
  };
}

/** PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h, part of its interface. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

/**
 * Bounds a scan to about 8 ms, since a peer waits no longer than 20 ms for the answer to its probe.
 * The newest processes are looked at first: the jobs are among them.
 */
const TASKS_MAX = 500;

/**
 * A thread takes about 15 us to read (Node 20, Linux 6.18, 2026), so this pause keeps the scans below 0.5 % of
 * a core. It follows from the count and not from the time that the scan took, which grows without
 * bound on a machine that is busy, just when the figure matters.
 */
const PAUSE_MS_PER_TASK = 3;

function countTasks(procfs: string): { tasks: number; runnable: number } {
  let tasks = 0;
  let runnable = 0;
  for (const { state } of readTasks(procfs)) {
    tasks += 1;
    if (state === 'R') runnable += 1;
    if (tasks === TASKS_MAX) break;
  }
  return { tasks, runnable };
}

function* readTasks(procfs: string): Generator<TaskStat> {
  // Not process.pid: the procfs may be that of another namespace, where our number is another.
  const self = readLink(`${procfs}/self`);
  for (const pid of listNumbers(procfs).reverse()) {
    const leader = pid === self ? undefined : readTask(`${procfs}/${pid}`);
    if (!leader) continue;
    yield leader;
    if (leader.threads > 1) yield* readThreads(procfs, pid);
  }
}

function* readThreads(procfs: string, pid: string): Generator<TaskStat> {
  for (const thread of listNumbers(`${procfs}/${pid}/task`)) {
    const task = thread === pid ? undefined : readTask(`${procfs}/${pid}/task/${thread}`);
    if (task) yield task;
  }
}

function readTask(directory: string): TaskStat | undefined {
  return parseTaskStat(readText(`${directory}/stat`) ?? '');
}
