import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readKnownFiles } from '../../src/dsh/known-files.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();
mkdirSync(join(folder, 'sub'));
writeFileSync(join(folder, 'a.c'), 'a');
writeFileSync(join(folder, 'sub/b.c'), 'bb');
symlinkSync('a.c', join(folder, 'link'));
symlinkSync('nowhere', join(folder, 'dangling'));
symlinkSync('sub', join(folder, 'way'));
const device = statSync(folder, { bigint: true }).dev;
const path = (name: string): string => join(folder, name);

test.each([
  ['a file', ['gcc', path('a.c')], [['file', 'a.c']]],
  ['a directory', ['ls', path('sub')], [['directory', 'sub']]],
  ['the directory of a file to come', ['cp', path('sub/new')], [['directory', 'sub']]],
  ['nothing of what has no directory', ['cp', path('none/new'), 'plain'], []],
  ['what compilers glue together', ['gcc', `-I${path('sub')}`], [['directory', 'sub']]],
  ['an output glued to its letter', ['gcc', `-o${path('sub/x.o')}`], [['directory', 'sub']]],
  ['the value of a long option', ['x', `--in=${path('a.c')}`], [['file', 'a.c']]],
  ['the value of an assignment', ['dd', `if=${path('sub/b.c')}`], [['file', 'sub/b.c']]],
  ['the words of a line of shell', ['sh', '-c', `cat <${path('a.c')}|tr`], [['file', 'a.c']]],
  ['the program, if it is a path', [path('a.c')], [['file', 'a.c']]],
  [
    'a link, and what it leads to',
    ['cat', path('link'), path('dangling')],
    [
      ['file', 'link'],
      ['file', 'a.c'],
      ['file', 'dangling'],
    ],
  ],
  [
    'a link to a directory, and that',
    ['ls', path('way')],
    [
      ['file', 'way'],
      ['directory', 'sub'],
    ],
  ],
  ['the directory behind a link', ['cc', `-o${path('way/x.o')}`], [['directory', 'sub']]],
  ['nothing that is local', ['cat', '/proc/self/stat'], []],
])('%s', (_, words, expected) => {
  const known = readKnownFiles(words, device).map((each) => [
    each.kind,
    Buffer.from(each.path)
      .toString()
      .slice(folder.length + 1),
  ]);
  expect(known).toEqual(expected);
});

test('sizes and times are told, and 1,024 files at most', () => {
  const [file] = readKnownFiles(['cat', path('sub/b.c')], device);
  const { mtimeNs, ctimeNs } = statSync(path('sub/b.c'), { bigint: true });
  expect(file).toMatchObject({ bytes: 2n, mtimeNs, ctimeNs });
  const words = Array.from({ length: 1100 }, () => path('a.c'));
  expect(readKnownFiles(['cat', ...words], device)).toHaveLength(1024);
});
