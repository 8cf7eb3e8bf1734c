import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder that other users can enter, removed when the tests of the caller's file have run. */
export function createTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dsh-test-'));
  chmodSync(folder, 0o755);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Root may do everything, so what a user may not do is tested as nobody. */
export const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
