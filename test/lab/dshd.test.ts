import { expect, test } from 'vitest';
import { namesInTable } from '../../lab/dshd.ts';

test('the names of a status table are the first words of its lines, without a heading', () => {
  expect(namesInTable('# node state\nh1 ok 0.00\nh2 hot 1.50\n\n')).toEqual(['h1', 'h2']);
});

test('an empty answer names nobody', () => {
  expect(namesInTable('')).toEqual([]);
});
