/** Daemons that speak IPv6, from several addresses, one by one and to a multicast group. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../lab/command.ts';
import { type NetnsLab, startNetnsLab } from '../../lab/netns.ts';
import { builtDaemon } from '../../lab/project.ts';
import { keyFile } from '../../lab/configuration.ts';
import { waitUntil } from '../../lab/wait.ts';
import { noWishes } from '../../src/core/wire/control.ts';
import { askControl } from '../support/control.ts';
import { describeWith } from '../support/lab-requirements.ts';

const names = ['h1', 'h2', 'h3'];
const first = { h1: 'fd77::11', h2: 'fd77::12', h3: 'fd77::13' } as const;
/** h2 has two, and speaks from the second. */
const SECOND = 'fd77::22';

let lab: NetnsLab;
let daemons: ChildProcess[];

async function ip(host: string, ...words: string[]): Promise<void> {
  const { status, stderr } = await runCommand(lab.host(host).words(['ip', '-6', ...words]));
  if (status !== 0) throw new Error(`ip ${words.join(' ')}: ${stderr}`);
}

async function startDaemons(extra: readonly string[] = []): Promise<void> {
  for (const name of names) {
    const { directory, socket } = lab.host(name);
    const place = ['--file', `${lab.directory}/cluster6`, '--name', name, '--socket', socket];
    const files = ['--key', keyFile(lab.directory), '--log', `${directory}/dshd6.log`];
    const words = [process.execPath, builtDaemon(), ...place, ...files, ...extra];
    const [program, ...rest] = lab.host(name).words(words);
    daemons.push(spawn(program!, rest, { stdio: 'ignore', env: lab.environment(name) }));
  }
  for (const name of names) await waitUntil(`${name} to know all`, () => knowsAll(name));
}

async function knowsAll(name: string): Promise<boolean> {
  const reply = await askControl(lab.host(name).socket, { op: 'nodes', id: 1 }).catch(() => {});
  return reply?.op === 'nodes' && reply.nodes.filter(({ state }) => state === 'ok').length === 3;
}

async function countersOf(name: string): Promise<Record<string, unknown>> {
  const reply = await askControl(lab.host(name).socket, { op: 'counters', id: 1 });
  if (reply.op !== 'counters') throw new Error(reply.op);
  return { ...reply.counters };
}

describeWith(['root', 'namespaces', 'openssh-server', 'iproute2'], 'over IPv6', () => {
  beforeEach(async () => {
    daemons = [];
    lab = await startNetnsLab({ hosts: 3, daemons: false });
    for (const name of names) {
      await ip(
        name,
        'address',
        'add',
        `${first[name as keyof typeof first]}/64`,
        'dev',
        'eth0',
        'nodad',
      );
    }
    await ip('h2', 'address', 'add', `${SECOND}/64`, 'dev', 'eth0', 'nodad');
    await ip('h2', 'route', 'replace', 'fd77::/64', 'dev', 'eth0', 'src', SECOND, 'metric', '1');
    const lines = [`h1 address=${first.h1}`, `h2 address=${first.h2},${SECOND}`];
    writeFileSync(
      `${lab.directory}/cluster6`,
      `${[...lines, `h3 address=${first.h3}`].join('\n')}\n`,
    );
  });

  afterEach(async () => {
    for (const daemon of daemons) daemon.kill('SIGTERM');
    await lab.close();
  });

  test('all know each other, also a node that has two addresses and speaks from the second', async () => {
    await startDaemons();
    for (const name of names) {
      const { packetsReceived, packetsRefused } = await countersOf(name);
      expect(packetsReceived).toBeGreaterThan(0);
      expect(packetsRefused).toBe(0);
    }
    const wishes = { ...noWishes, only: ['h2'] };
    const placed = await askControl(lab.host('h1').socket, {
      op: 'place',
      id: 1,
      wishes,
      explain: false,
    });
    expect(placed).toMatchObject({ op: 'placed', node: 'h2' });
  });

  test('a multicast group tells all at once', async () => {
    await startDaemons(['--multicast', 'ff15::77%eth0']);
    // Each tick one packet for all and one for each of the others: the group's have come too.
    await waitUntil('more to come than was sent', async () => {
      const { packetsSent, packetsReceived } = await countersOf('h1');
      return Number(packetsSent) >= 15 && Number(packetsReceived) > Number(packetsSent);
    });
    expect(await countersOf('h1')).toMatchObject({ packetsRefused: 0 });
  });
});
