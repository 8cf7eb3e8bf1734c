import { expect, test } from 'vitest';
import {
  type ChannelTarget,
  remoteShellWords,
  targetKey,
} from '../../../src/dsh/agent/remote-shell.ts';

function target(remoteShell: readonly string[], environment = {}): ChannelTarget {
  return { node: 'h2', destination: 'user@h2', remoteShell, environment };
}

test('ssh is made to ask nothing, after the options that the user gave', () => {
  const words = remoteShellWords(target(['/usr/bin/ssh', '-p', '2222']));
  expect(words.slice(0, 5)).toEqual(['/usr/bin/ssh', '-p', '2222', '-T', '-oBatchMode=yes']);
  const command = words.at(-1)!;
  expect(words.at(-2)).toBe('user@h2');
  expect(command).toMatch(/^sh -c '.*\.local\/bin.*dshexec "\$@"' sh --serve$/);
});

test('ssh is the default', () => {
  expect(remoteShellWords(target([]))).toEqual(remoteShellWords(target(['ssh'])));
});

test('another remote shell is called as rsh is', () => {
  const words = remoteShellWords(target(['rsh', '-l', 'me'], { DSH_EXEC: '/opt/dshexec' }));
  expect(words).toEqual(['rsh', '-l', 'me', 'user@h2', '/opt/dshexec --serve']);
});

test.each(['-oProxyCommand=reboot', ''])('%j is no destination', (destination) => {
  expect(() => remoteShellWords({ ...target([]), destination })).toThrow('destination');
});

test('a channel is shared by the same shell, destination and runner only', () => {
  const targets = [
    target(['ssh']),
    target(['ssh', '-v']),
    target(['ssh'], { DSH_EXEC: '/opt/dshexec' }),
    { ...target(['ssh']), destination: 'h3' },
  ];
  expect(new Set(targets.map(targetKey)).size).toBe(targets.length);
  expect(targetKey(target(['ssh'], { LANG: 'C' }))).toBe(targetKey(target(['ssh'])));
});
