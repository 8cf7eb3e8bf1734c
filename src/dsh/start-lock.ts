/**
 * Chooses, among many dsh that find no agent, the one that starts it.
 *
 * The lock is a file that holds the process id of its owner and when that process was started, so
 * that a lock left behind is recognized even when its number is used again, as after a reboot. It
 * is written under another name and linked, which is atomic: nobody reads half of it.
 */
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';

export interface StartLock {
  release(): void;
}

/** Undefined while a living process holds the lock. Throws where no file can be made. */
export function takeStartLock(path: string): StartLock | undefined {
  const ours = `${path}.${process.pid}`;
  writeFileSync(ours, describeProcess('self')!, { mode: 0o600 });
  try {
    if (!tryLink(ours, path) && !(removeStale(path) && tryLink(ours, path))) return undefined;
    return { release: () => tryUnlink(path) };
  } finally {
    unlinkSync(ours);
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** True if the lock is gone afterwards. */
function removeStale(path: string): boolean {
  const owner = tryRead(path);
  if (owner === undefined) return true;
  if (isAlive(owner)) return false;
  // Moved first: another process may have replaced the stale lock by its own since it was read,
  // and that one is put back.
  const moved = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, moved);
  } catch {
    return false;
  }
  const isStale = tryRead(moved) === owner;
  if (!isStale) tryLink(moved, path);
  unlinkSync(moved);
  return isStale;
}

function isAlive(owner: string): boolean {
  return describeProcess(owner.split(' ')[0]!) === owner;
}

/** `PID START`, the fields 1 and 22 of /proc/PID/stat; undefined if there is no such process. */
function describeProcess(pid: string): string | undefined {
  const stat = /^[0-9]+$|^self$/.test(pid) ? tryRead(`/proc/${pid}/stat`) : undefined;
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && `${Number.parseInt(stat!, 10)} ${fields[22 - 3]}`;
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function tryUnlink(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Removed by hand: it holds nobody up.
  }
}
