import { describe, expect, test } from 'vitest';
import { commands } from '../../src/dshctl/commands.ts';
import { commandUsage, usage } from '../../src/dshctl/help.ts';

/** A terminal of the usual size. */
const LINES_MAX = 24;
const COLUMNS_MAX = 80;

function expectToFit(text: string): void {
  const lines = text.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(LINES_MAX);
  expect(lines.filter((line) => line.length > COLUMNS_MAX)).toEqual([]);
}

test('dshctl --help fits on one screen and has every command', () => {
  const text = usage(commands);
  expectToFit(text);
  for (const { name } of commands) expect(text).toContain(`\n  ${name} `);
});

describe.each(commands)('dshctl $name --help', (entry) => {
  test('fits on one screen', async () => {
    expectToFit(commandUsage(entry, await entry.load()));
  });

  test('says how many words the command takes, as the command itself does', async () => {
    const { wordsMin, wordsMax } = await entry.load();
    const words = entry.words === '' ? [] : entry.words.split(' ');
    const needed = words.filter((word) => !word.startsWith('['));
    expect(wordsMin).toBe(needed.length);
    expect(wordsMax).toBe(entry.words.includes('...') ? Infinity : words.length);
  });
});
