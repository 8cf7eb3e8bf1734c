/** What the end of a long log of tests says of the tests that failed. */
import { expect, test } from 'vitest';

const { findFailures } = (await import(new URL('../scripts/stage.mjs', import.meta.url).href)) as {
  findFailures: (printed: string) => string[];
};

test('each failed test is named with its message and place', () => {
  const printed = [
    ' ✓  unit  test/core/addition.test.ts (2 tests) 3ms',
    '\x1b[31m FAIL \x1b[39m  unit  test/core/sum.test.ts > sum > of two',
    '\x1b[1mAssertionError\x1b[22m: expected 3 to be 4',
    '',
    ' ❯ test/core/sum.test.ts:7:3',
    '      5| ',
    ' FAIL   unit  test/core/sum.test.ts > sum > of none',
    'Error: Test timed out in 60000ms.',
    ' ❯ test/core/sum.test.ts:9:3',
    '',
    ' Test Files  1 failed | 1 passed (2)',
  ].join('\n');

  expect(findFailures(printed)).toEqual([
    ' FAIL   unit  test/core/sum.test.ts > sum > of two',
    'AssertionError: expected 3 to be 4',
    ' ❯ test/core/sum.test.ts:7:3',
    ' FAIL   unit  test/core/sum.test.ts > sum > of none',
    'Error: Test timed out in 60000ms.',
    ' ❯ test/core/sum.test.ts:9:3',
  ]);
});

test('a stage that names no test is shown by its last lines', () => {
  const printed = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');

  expect(findFailures(printed)).toHaveLength(20);
  expect(findFailures(printed).at(-1)).toBe('line 29');
});

test('a stage with many failures does not fill the log', () => {
  const failure = [' FAIL  unit  a.test.ts', 'Error: no', ' ❯ a.test.ts:1:1', ''].join('\n');

  expect(findFailures(failure.repeat(100))).toHaveLength(60);
});
