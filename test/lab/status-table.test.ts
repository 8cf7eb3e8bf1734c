import { expect, test } from 'vitest';
import { alignColumns, statusHeading } from '../../lab/status-table.ts';
import { STATUS_LINE_COLUMNS } from '../../src/core/wire/status-line.ts';

test('the heading has a name for each column', () => {
  expect(statusHeading.split(' ')).toHaveLength(STATUS_LINE_COLUMNS);
});

test('columns begin at the same place in all lines, and no line ends in blanks', () => {
  expect(alignColumns('NODE LOAD\nalpha 0.5\nb 12\n')).toBe('NODE   LOAD\nalpha  0.5\nb      12');
});
