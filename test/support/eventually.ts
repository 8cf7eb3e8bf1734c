import { vi } from 'vitest';

/** Waits until `check` throws no more. Vitest's own deadline of a second is short for a busy machine. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 60_000, interval: 10 });
}
