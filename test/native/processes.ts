/** Looks at processes of the machine. */
import { readdirSync, readFileSync } from 'node:fs';

/** One that has ended and waits for its parent to take notice does not count. */
export function isAlive(pid: number): boolean {
  try {
    return statusOf(pid)[0] !== 'Z';
  } catch {
    return false;
  }
}

export function parentOf(pid: number): number {
  return Number(statusOf(pid)[1]);
}

/** The state, the parent and more, as proc(5) has it. */
function statusOf(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

export function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return parentOf(pid) === parent;
      } catch {
        // It has ended since it was listed.
        return false;
      }
    });
}

/** How much memory a process has taken at most. */
export function peakMemoryBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1]) * 1024;
}
