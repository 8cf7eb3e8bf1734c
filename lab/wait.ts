/** Waiting for a thing that sends no event of its own. */
import { setTimeout as sleep } from 'node:timers/promises';

export const DEADLINE_MS = 60_000;
const LOOK_AGAIN_MS = 10;

/** Waits for all of them, also if one fails: what is still being started cannot be ended for sure. */
export async function settleAll(works: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

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
