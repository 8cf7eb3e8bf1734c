/** Waiting for a thing that sends no event of its own. */
import { setTimeout as sleep } from 'node:timers/promises';

export const DEADLINE_MS = 60_000;
const LOOK_AGAIN_MS = 10;

/** Returns as soon as `isSo` is true; throws when it still is not after `deadlineMs`. */
export async function waitUntil(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  deadlineMs: number = DEADLINE_MS,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await isSo())) {
    if (performance.now() > end) {
      throw new Error(`waited ${deadlineMs / 1000} s in vain for ${what}`);
    }
    await sleep(LOOK_AGAIN_MS);
  }
}
