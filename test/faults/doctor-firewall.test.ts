/** `dshctl doctor` between hosts of which one has a firewall. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../../lab/command.ts';
import { type NetnsLab, startNetnsLab } from '../../lab/netns.ts';
import { waitUntil } from '../../lab/wait.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describeWith(['namespaces', 'iproute2', 'openssh-server', 'nftables'], 'dshctl doctor', () => {
  const directory = createTemporaryFolder();
  let lab: NetnsLab;
  beforeAll(async () => {
    lab = await startNetnsLab({ hosts: 3 });
  });
  afterAll(async () => lab.close());

  /** Has h2 drop what comes in, or goes out, at the port of the daemons. */
  async function dropPackets(hooks: readonly ('input' | 'output')[]): Promise<void> {
    const chains = hooks.map(
      (hook) => `chain ${hook} { type filter hook ${hook} priority 0; udp dport 8181 drop; }\n`,
    );
    const rules = `flush ruleset; table inet firewall {\n${chains.join('')}}`;
    const words = lab.host('h2').words(['nft', rules]);
    expect(await runCommand(words)).toMatchObject({ status: 0, stderr: '' });
  }

  async function waitFor(host: string, other: string, pattern: RegExp): Promise<void> {
    await waitUntil(`${host} to see ${other} as ${pattern}`, async () => {
      const { stdout } = await lab.runFrom(host, ['dshctl', 'status', '--json']);
      const { nodes } = JSON.parse(stdout) as { nodes: { name: string; state: string }[] };
      return pattern.test(nodes.find(({ name }) => name === other)?.state ?? '');
    });
  }

  async function findings(): Promise<readonly unknown[]> {
    const { stdout } = await lab.runFrom('h1', ['dshctl', 'doctor', '--json'], { directory });
    return (JSON.parse(stdout) as { findings: unknown[] }).findings;
  }

  const silent = /silent|unknown/;

  test('finds nothing where packets pass', async () => {
    expect(await findings()).toEqual([]);
  });

  test('finds a node that hears and is not heard', async () => {
    await dropPackets(['output']);
    for (const host of ['h1', 'h3']) await waitFor(host, 'h2', silent);
    expect(await findings()).toEqual([
      {
        check: 'firewall',
        node: 'h2',
        what: 'it hears h1, h3, but is not heard there: packets of UDP port 8181 are lost on the way out',
        cure: expect.stringContaining('let UDP port 8181 out of h2 and into h1, h3'),
      },
    ]);
  });

  test('finds nodes between which no packet passes', async () => {
    await dropPackets(['input', 'output']);
    for (const other of ['h1', 'h3']) await waitFor('h2', other, silent);
    const cure = expect.stringContaining('ufw allow 8181/udp');
    expect(await findings()).toMatchObject([
      {
        check: 'firewall',
        node: 'h1',
        what: expect.stringContaining('it and h2 do not hear'),
        cure,
      },
      {
        check: 'firewall',
        node: 'h2',
        what: expect.stringContaining('it and h3 do not hear'),
        cure,
      },
    ]);
  });
});
