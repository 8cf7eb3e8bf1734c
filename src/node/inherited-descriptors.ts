/**
 * A program that stays must not hold what the one that started it had open: a lock, or the pipe on
 * whose end somebody waits.
 */
import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC in the octal flags of fdinfo. Node sets it on all that it opens itself. */
const CLOSE_ON_EXEC = 0o2000000;

/** Closes all descriptors above 2 that were open when this program was started, but `kept`. */
export function closeInheritedDescriptors(kept: readonly number[] = []): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (descriptor <= 2 || kept.includes(descriptor) || !isInherited(descriptor)) continue;
    closeSync(descriptor);
  }
}

function isInherited(descriptor: number): boolean {
  try {
    const text = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
    const flags = /^flags:\s*([0-7]+)/m.exec(text)?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // The descriptor of the listing itself is gone by now.
    return false;
  }
}
