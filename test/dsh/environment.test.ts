import { describe, expect, test } from 'vitest';
import { selectForShell, selectTravelling } from '../../src/dsh/environment.ts';

const travelling = (variables: readonly string[]): string[] =>
  selectTravelling(variables).map((entry) => Buffer.from(entry).toString('latin1'));

test('all travels but what belongs to this host', () => {
  expect(
    travelling(['PWD=/a', 'SSH_AUTH_SOCK=/s', 'DISPLAY=:0', 'X=\xff=', 'EMPTY=', 'DSH_SOCKET=/d']),
  ).toEqual(['PWD=/a', 'X=\xff=', 'EMPTY=']);
});

describe('the job server of make stays here, and all else of its flags is kept exactly', () => {
  test.each([
    [' -j8 --jobserver-auth=3,4', ''],
    ['ks -j --jobserver-fds=3,4  --no-print-directory', 'ks  --no-print-directory'],
    ['k -j8 --jobserver-auth=fifo:/tmp/GMfifo1 -l4 -- CC=dsh\\ gcc', 'k -l4 -- CC=dsh\\ gcc'],
    [' -Oline --sync-mutex=fnm:/tmp/GmZ -j2', ' -Oline'],
    ['-j8', ''],
    ['-j8 -- X=a\\ -j8 --jobserver-auth=1', ' -- X=a\\ -j8 --jobserver-auth=1'],
    ['-- X=-j8 -j8', '-- X=-j8 -j8'],
    ['k --jobs=3 --jobserver -j8x', 'k --jobs=3 --jobserver -j8x'],
    ['', ''],
  ])('%j', (before, after) => {
    expect(travelling([`MAKEFLAGS=${before}`, `MFLAGS=${before}`, `OTHER=${before}`])).toEqual([
      `MAKEFLAGS=${after}`,
      `MFLAGS=${after}`,
      `OTHER=${before}`,
    ]);
  });
});

test('a remote shell gets what it needs to log in', () => {
  expect(
    selectForShell(['SSH_AUTH_SOCK=/s', 'PATH=/bin', 'DSH_EXEC=/x', 'PATHS=1', 'HOME=/h']),
  ).toEqual(['SSH_AUTH_SOCK=/s', 'PATH=/bin', 'DSH_EXEC=/x']);
});
