import { describe, expect, test } from 'vitest';
import {
  clusterFile,
  daemonArguments,
  exportLines,
  knownHost,
  sshConfiguration,
  sshdConfiguration,
} from '../../lab/configuration.ts';

const h1 = { name: 'h1', address: '127.9.0.11', directory: '/tmp/lab/h1' };
const h2 = { name: 'h2', address: '127.9.0.12', directory: '/tmp/lab/h2' };

describe('the cluster file of a lab', () => {
  test('names every host with its address', () => {
    expect(clusterFile([h1, h2], () => '')).toBe('h1 address=127.9.0.11\nh2 address=127.9.0.12\n');
  });

  test('puts weights and attributes between name and address', () => {
    const words = (_: unknown, index: number): string => ['2', '1 0.5 cpus=4'][index]!;
    expect(clusterFile([h1, h2], words)).toBe(
      'h1 2 address=127.9.0.11\nh2 1 0.5 cpus=4 address=127.9.0.12\n',
    );
  });
});

test('an sshd listens on its own address only and takes its keys from the lab', () => {
  const lines = sshdConfiguration('/tmp/lab', h2).split('\n');
  expect(lines).toContain('ListenAddress 127.9.0.12');
  expect(lines).toContain('HostKey /tmp/lab/h2/host_key');
  expect(lines).toContain('AuthorizedKeysFile /tmp/lab/key.pub');
});

test('ssh finds each host by its name, and what holds for all comes last', () => {
  const text = sshConfiguration('/tmp/lab', [h1, h2]);
  expect(text).toContain(
    'Host h1\n  HostName 127.9.0.11\nHost h2\n  HostName 127.9.0.12\nHost *\n',
  );
  expect(text).toContain('  UserKnownHostsFile /tmp/lab/known_hosts\n');
});

test('a known host is an address with a port, and its key without the comment', () => {
  expect(knownHost(h1, 'ssh-ed25519 AAAAC3 dsh lab\n')).toBe(
    '[127.9.0.11]:2222 ssh-ed25519 AAAAC3\n',
  );
});

test('a daemon is told the key, its name, its address and the sockets of its own directory', () => {
  expect(daemonArguments('/tmp/lab', h1).join(' ')).toBe(
    '--file /tmp/lab/cluster --key /tmp/lab/cluster.key --name h1 --listen 127.9.0.11 --socket /tmp/lab/h1/dshd.sock',
  );
});

test('variables are exported in quotes where the shell would read more than a word', () => {
  expect(exportLines({ A: '/run/x.sock', B: "it's $HOME", C: '' })).toBe(
    "export A=/run/x.sock\nexport B='it'\\''s $HOME'\nexport C=''\n",
  );
});
