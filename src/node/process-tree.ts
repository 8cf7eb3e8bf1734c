/** The processes below a command that have left its process group, for a session of their own say. */
import { readdirSync, readFileSync } from 'node:fs';

export interface TreeProcess {
  readonly pid: number;
  /** Tells it from a later process of the same number. */
  readonly startTicks: string;
}

/**
 * Whoever is below the leaders and in none of the groups, stopped. The caller has stopped the groups
 * before: a process that may go on leaves its group, or forks, after the one look and before the
 * signal that was to end it.
 *
 * A daemon whose parents have ended hangs below init and is not found; only the native runner, a
 * subreaper, has it still.
 */
export function stopEscapees(groups: ReadonlySet<number>): TreeProcess[] {
  // Two looks that see as many: all were stopped before the second.
  for (let look = 1, before = -1; ; look += 1) {
    const escapees = findBelow(groups).filter(({ group }) => !groups.has(group));
    for (const each of escapees) signalProcess(each, 'SIGSTOP');
    if (escapees.length === before || look === LOOKS_MAX) return escapees;
    before = escapees.length;
  }
}

/** How often a tree that keeps growing is looked at, as in the native runner. */
const LOOKS_MAX = 30;

/** The process itself and all below it; nothing where there is no such process. */
export function findTree(pid: number): TreeProcess[] {
  const [top] = readProcess(String(pid));
  return top ? [top, ...findBelow(new Set([pid]))] : [];
}

export function signalProcess({ pid, startTicks }: TreeProcess, signal: NodeJS.Signals): void {
  if (readProcess(String(pid))[0]?.startTicks !== startTicks) return;
  try {
    process.kill(pid, signal);
  } catch {
    // Gone just now, or another user's.
  }
}

function findBelow(tops: ReadonlySet<number>): ListedProcess[] {
  const all = listProcesses();
  const found = new Set<number>(tops);
  const below: ListedProcess[] = [];
  // A child may have a lower number than its parent, so the list is gone through to its end anew.
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const each of all) {
      if (found.has(each.pid) || !found.has(each.parent)) continue;
      found.add(each.pid);
      below.push(each);
    }
  }
  return below;
}

interface ListedProcess extends TreeProcess {
  readonly parent: number;
  readonly group: number;
}

function listProcesses(): ListedProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap(readProcess);
}

/** Of /proc/PID/stat the fields 4, 5 and 22; field 2, a name in parentheses, may hold anything. */
function readProcess(pid: string): ListedProcess[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [, parent, group] = fields.map(Number) as [number, number, number];
    return [{ pid: Number(pid), parent, group, startTicks: fields[22 - 3]! }];
  } catch {
    return [];
  }
}
