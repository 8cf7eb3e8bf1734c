/** Where the agent listens, and what it leaves alone. */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listenAt } from '../../../src/dsh/agent/server.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const folder = createTemporaryFolder();
const handlers = { onConnection: () => {}, onClose: () => {} };

test('a socket in its place is replaced, and a closed one is removed', async () => {
  const path = join(folder, 'agent.sock');
  const first = await listenAt(path, handlers);
  const second = await listenAt(path, handlers);
  first.close();
  expect(readdirSync(folder)).toEqual(['agent.sock']);
  second.close();
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['a file', (path: string) => writeFileSync(path, 'mine')],
  ['a directory', (path: string) => mkdirSync(path)],
])('%s in its place is left alone, and nothing is left beside it', async (_what, make) => {
  const own = mkdtempSync(join(folder, 'own-'));
  const path = join(own, 'agent.sock');
  make(path);
  await expect(listenAt(path, handlers)).rejects.toThrow(
    `cannot listen at ${path}: it is no socket; DSH_AGENT names another path`,
  );
  expect(readdirSync(own)).toEqual(['agent.sock']);
  expect(lstatSync(path).isSocket()).toBe(false);
});
