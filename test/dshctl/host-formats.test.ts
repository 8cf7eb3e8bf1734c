import { expect, test } from 'vitest';
import { hostFormats } from '../../src/dshctl/host-formats.ts';
import { makeNode } from './made-up.ts';

const nodes = [
  makeNode({ name: 'h1', self: true, cpus: 2 }),
  makeNode({ name: 'h2', cpus: 0.25 }),
  makeNode({ name: 'h3', destination: 'me@h3.lan', cpus: 8 }),
];

test.each([
  ['plain', 'h1\nh2\nme@h3.lan\n'],
  ['names', 'h1\nh2\nh3\n'],
  ['sshlogin', '2/:\n1/h2\n8/me@h3.lan\n'],
  ['distcc', 'localhost/2 @h2/1 @me@h3.lan/8\n'],
  ['pdsh', 'h1,h2,me@h3.lan\n'],
  [
    'ansible',
    `[dsh]
h1 ansible_connection=local dsh_cpus=2 dsh_free_bytes=2147483648
h2 dsh_cpus=0.25 dsh_free_bytes=2147483648
h3 ansible_host=h3.lan ansible_user=me dsh_cpus=8 dsh_free_bytes=2147483648
`,
  ],
  ['ssh-config', 'Host h1\nHost h2\nHost h3\n  HostName h3.lan\n  User me\n'],
])('%s', (name, text) => {
  expect(hostFormats.find((format) => format.name === name)!.write(nodes)).toBe(text);
});
