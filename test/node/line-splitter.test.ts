import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from '../../src/node/line-splitter.ts';

test('lines come out whole, whatever the sizes of the pieces', () => {
  const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' '));
  const property = fc.property(fc.array(line), fc.integer({ min: 1, max: 9 }), (lines, size) => {
    const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(''));
    const splitter = createLineSplitter(10_000);
    const found: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      found.push(...splitter.push(bytes.subarray(at, at + size)));
    }
    expect(found).toEqual(lines.map((one) => Buffer.from(one).toString()));
    expect(splitter.error()).toBeUndefined();
  });
  fc.assert(property);
});

test('a line of the greatest length is taken, a longer one makes the stream unusable', () => {
  const splitter = createLineSplitter(4);
  expect(splitter.push(Buffer.from('1234\n12'))).toEqual(['1234']);
  expect(splitter.push(Buffer.from('345\n'))).toEqual([]);
  expect(splitter.error()).toBe('a line of more than 4 bytes');
  expect(splitter.push(Buffer.from('1\n'))).toEqual([]);
});

test('a line that never ends is given up before it ends', () => {
  const splitter = createLineSplitter(4);
  splitter.push(Buffer.from('12345'));
  expect(splitter.error()).toBeDefined();
});
