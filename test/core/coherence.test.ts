import { describe, expect, test } from 'vitest';
import { describeFile, isSettled, isSettledUnasked } from '../../src/core/coherence.ts';
import type { FileReport } from '../../src/core/wire/file-report.ts';

const path = Buffer.from('a.o');
const file = (changes: Partial<FileReport> = {}): FileReport => ({
  kind: 'file',
  bytes: 7n,
  mtimeNs: 100n,
  ctimeNs: 100n,
  path,
  ...changes,
});
const absent = file({ kind: 'absent' });

describe('a file is as it was told', () => {
  test.each([
    ['the same', file(), file(), true],
    ['seen with a ctime of before, but the same otherwise', file(), file({ ctimeNs: 1n }), true],
    ['not there', file(), absent, false],
    ['of another size', file(), file({ bytes: 8n }), false],
    ['of another time', file(), file({ mtimeNs: 99n }), false],
    ['changed again since', file(), file({ bytes: 8n, ctimeNs: 101n }), true],
    ['set to an old time since', file(), file({ mtimeNs: 1n, ctimeNs: 101n }), true],
    ['gone, as told', absent, absent, true],
    ['there, though it is gone', absent, file(), false],
    ['there again', absent, file({ ctimeNs: 101n }), true],
    ['a directory, as told', file({ kind: 'directory' }), file({ kind: 'directory' }), true],
    ['a file, and was to be a directory', file({ kind: 'directory' }), file(), false],
    ['not to be looked at', file(), file({ kind: 'unknown' }), true],
  ])('%s', (_, expected, seen, isAsTold) => {
    expect(isSettled(expected, seen)).toBe(isAsTold);
  });
});

test('permissions that have changed are not seen before the server is asked', () => {
  expect(isSettledUnasked(file(), file({ ctimeNs: 99n }))).toBe(false);
  expect(isSettledUnasked(file(), file())).toBe(true);
  expect(isSettledUnasked(absent, absent)).toBe(true);
});

test('a message has what a file is', () => {
  expect(describeFile(absent)).toBe('no such file');
  expect(describeFile(file({ mtimeNs: 0n }))).toBe('7 bytes of 1970-01-01T00:00:00.000Z');
});
