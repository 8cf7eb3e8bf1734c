import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quotePath } from '../../src/dsh/quote-path.ts';

test('ordinary paths stay as they are', () => {
  expect(quotePath('/home/anna/src-1.2/.dsh-h1-7-1')).toBe('/home/anna/src-1.2/.dsh-h1-7-1');
  expect(quotePath('/home/müller')).toBe('/home/müller');
});

test('what a shell could understand is kept from it', () => {
  expect(quotePath("/a b/$x/it's/\\n!")).toBe("/a\\ b/\\$x/it\\'s/\\\\n\\!");
});

test.each(['dash', 'bash'])('%s reads any path back', (shell) => {
  const path = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `/${text}`);
  const valid = path.filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(valid, (text) => {
      const { stdout } = spawnSync(shell, ['-c', `printf %s ${quotePath(text)}`]);
      expect(stdout.toString()).toBe(text);
    }),
    { numRuns: 30 },
  );
});
