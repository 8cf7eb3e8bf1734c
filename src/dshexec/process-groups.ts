/**
 * The process groups of running commands: each is the leader of a session and a group of its own.
 *
 * A command that has ended takes what it left in its group with it; what went into a session of its
 * own (setsid, a daemon) goes on, as it would here. A command that is ended, by its client's death
 * or a time limit, takes those along as well.
 */
import { signalProcess, stopEscapees, type TreeProcess } from '../node/process-tree.ts';

/** How long a group that was told to end may take to clean up. */
const GRACE_MS = 1000;

export interface ProcessGroups {
  add(group: number): void;
  signal(group: number, signal: number): void;
  /** Called when the leader has been reaped: the number of an empty group may be used again. */
  forgetEmpty(group: number): void;
  /** SIGTERM, and SIGKILL after a second to what is left. */
  end(group: number): void;
  /** The same for all that the leader, which must be alive, has started. */
  endTree(group: number, graceMs?: number): void;
  /** SIGKILL to every group and all that was started in it, at once. */
  killAll(): void;
}

interface Ending {
  readonly timer: NodeJS.Timeout;
  readonly escapees: readonly TreeProcess[];
}

export function createProcessGroups(): ProcessGroups {
  /** A group leaves when its last process is gone. */
  const groups = new Set<number>();
  const endings = new Map<number, Ending>();

  function expire(group: number): void {
    for (const each of endings.get(group)!.escapees) signalProcess(each, 'SIGKILL');
    if (groups.delete(group)) sendSignal(group, 'SIGKILL');
    endings.delete(group);
  }

  function begin(group: number, graceMs: number, escapees: readonly TreeProcess[]): void {
    if (!groups.has(group) || endings.has(group)) return;
    for (const each of escapees) signalProcess(each, 'SIGTERM');
    if (sendSignal(group, 'SIGTERM') || escapees.length > 0) {
      endings.set(group, { timer: setTimeout(expire, graceMs, group), escapees });
    } else groups.delete(group);
    // What is stopped would not hear of it.
    for (const each of escapees) signalProcess(each, 'SIGCONT');
    sendSignal(group, 'SIGCONT');
  }

  /** In this order, as a process that goes on could leave its group unseen. */
  function stopAll(tops: ReadonlySet<number>): TreeProcess[] {
    for (const group of tops) sendSignal(group, 'SIGSTOP');
    return stopEscapees(tops);
  }

  return {
    add(group) {
      groups.add(group);
    },
    signal(group, signal) {
      if (groups.has(group)) sendSignal(group, signal);
    },
    forgetEmpty(group) {
      if (sendSignal(group, 0)) return;
      groups.delete(group);
      const ending = endings.get(group);
      if (ending?.escapees.length !== 0) return;
      clearTimeout(ending.timer);
      endings.delete(group);
    },
    end: (group) => begin(group, GRACE_MS, []),
    endTree: (group, graceMs = GRACE_MS) => begin(group, graceMs, stopAll(new Set([group]))),
    killAll() {
      const ending = [...endings.values()].flatMap(({ escapees }) => escapees);
      for (const each of [...ending, ...stopAll(groups)]) signalProcess(each, 'SIGKILL');
      for (const group of groups) sendSignal(group, 'SIGKILL');
      groups.clear();
    },
  };
}

/** Whether anything was there to get it. */
function sendSignal(group: number, signal: NodeJS.Signals | number): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    // ESRCH: the group is empty. EPERM: all that is left of it runs as another user. EINVAL: the
    // peer has a signal that this system does not know.
    return false;
  }
}
