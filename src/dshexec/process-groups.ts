/** The process groups of running commands: each is the leader of a session and a group of its own. */

/** How long a group that was told to end may take to clean up. */
const GRACE_MS = 1000;

export interface ProcessGroups {
  add(group: number): void;
  signal(group: number, signal: number): void;
  /** Called when the leader has been reaped: the number of an empty group may be used again. */
  forgetEmpty(group: number): void;
  /** SIGTERM, and SIGKILL after a second to what is left. */
  end(group: number): void;
  /** SIGKILL to every group, at once. */
  killAll(): void;
}

export function createProcessGroups(): ProcessGroups {
  /** A group leaves when its last process is gone; a timer means that it was told to end. */
  const groups = new Map<number, NodeJS.Timeout | undefined>();

  function expire(group: number): void {
    groups.delete(group);
    sendSignal(group, 'SIGKILL');
  }

  return {
    add(group) {
      groups.set(group, undefined);
    },
    signal(group, signal) {
      if (groups.has(group)) sendSignal(group, signal);
    },
    forgetEmpty(group) {
      if (sendSignal(group, 0)) return;
      clearTimeout(groups.get(group));
      groups.delete(group);
    },
    end(group) {
      if (!groups.has(group) || groups.get(group) !== undefined) return;
      if (sendSignal(group, 'SIGTERM')) groups.set(group, setTimeout(expire, GRACE_MS, group));
      else groups.delete(group);
    },
    killAll() {
      for (const group of groups.keys()) sendSignal(group, 'SIGKILL');
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
