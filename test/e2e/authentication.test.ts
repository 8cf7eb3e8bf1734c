/** Real daemons and packets that are not what they seem: refused, counted, never answered. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../lab/command.ts';
import { claimNetwork, type Network, ports, readPort } from '../../lab/network.ts';
import { projectDirectory } from '../../lab/project.ts';
import { waitUntil } from '../../lab/wait.ts';
import type { RefusalKind } from '../../src/core/wire/refusal.ts';
import { askControl } from '../support/control.ts';
import { openRawPeer, type RawPeer } from '../support/raw-peer.ts';

const program = join(projectDirectory, 'dist/dshd.js');
const secret = randomBytes(32);
let directory: string;
let network: Network;
let daemons: ChildProcess[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dshd-'));
  network = await claimNetwork(4);
  daemons = [];
  const names = ['h1', 'h2', 'h3'];
  const lines = names.map((name, index) => `${name} address=${network.address(index + 1)}\n`);
  writeFileSync(join(directory, 'cluster'), lines.join(''));
  writeKeys([{ id: 1, secret }]);
});

afterEach(async () => {
  const running = daemons.filter(({ exitCode }) => exitCode === null);
  const ends = running.map((daemon) => once(daemon, 'exit'));
  for (const daemon of running) daemon.kill('SIGTERM');
  await Promise.all(ends);
  await network.release();
  rmSync(directory, { recursive: true });
});

function writeKeys(keys: readonly { readonly id: number; readonly secret: Uint8Array }[]): void {
  const text = keys.map(({ id, secret: bytes }) => `${id} ${Buffer.from(bytes).toString('hex')}\n`);
  writeFileSync(join(directory, 'key'), text.join(''), { mode: 0o600 });
}

function socketOf(number: number): string {
  return join(directory, `h${number}.sock`);
}

async function start(number: number, extra: readonly string[] = []): Promise<ChildProcess> {
  const address = network.address(number);
  const place = ['-f', join(directory, 'cluster'), '--name', `h${number}`, '--listen', address];
  const files = ['--socket', socketOf(number), '--key', join(directory, 'key')];
  const log = ['--log', join(directory, `h${number}.log`)];
  const words = [program, ...place, ...files, ...log, ...extra];
  const daemon = spawn(process.execPath, words, { stdio: 'ignore' });
  daemons.push(daemon);
  await waitUntil(
    `h${number} to answer`,
    async () => (await readPort(address, ports.status)) !== '',
  );
  return daemon;
}

async function refusedBy(number: number): Promise<Record<RefusalKind, number>> {
  const reply = await askControl(socketOf(number), { op: 'counters', id: 1 });
  if (reply.op !== 'counters') throw new Error(`h${number} answered ${reply.op}`);
  return reply.counters.refused;
}

describe('a packet that is not what it seems', () => {
  let peer: RawPeer;
  let target: string;

  beforeEach(async () => {
    await start(1);
    target = network.address(1);
    peer = await openRawPeer('h2', network.address(2), secret);
    await peer.probe(target, 'h1');
  });

  afterEach(() => peer.close());

  const probe = { type: 'probe', nonce: 7 } as const;
  const hour = 3_600_000;
  const packets: [what: string, kind: RefusalKind, make: () => Uint8Array][] = [
    ['changed on its way', 'forged', () => flip(peer.seal(probe))],
    ['sealed with another key', 'forged', () => peer.seal(probe, { secret: randomBytes(32) })],
    ['of another cluster', 'forged', () => peer.seal(probe, { clusterName: 'other' })],
    ['meant for another node', 'forged', () => peer.seal(probe, { receiver: 'h3' })],
    ['of a key that is not known', 'unknown-key', () => peer.seal(probe, { keyId: 9 })],
    ['cut in its header', 'truncated', () => peer.seal(probe).subarray(0, 30)],
    ['cut in its body', 'forged', () => peer.seal(probe).subarray(0, 40)],
    ['too long', 'oversized', () => new Uint8Array(1401).fill(0x64)],
    ['of something else', 'foreign', () => new Uint8Array(100)],
    ['of another version', 'version', () => peer.seal(probe).with(2, 9)],
    ['of an earlier start', 'stale-epoch', () => peer.seal(probe, { epoch: Date.now() - hour })],
    ['of a start to come', 'unproven-epoch', () => peer.seal(probe, { epoch: Date.now() + hour })],
    ['sound but of another node', 'wrong-source', () => peer.seal(probe)],
  ];
  test.each(packets)('%s is refused as %s, and not answered', async (_what, kind, make) => {
    const before = await refusedBy(1);
    const isForeign = kind === 'wrong-source';
    const sender = isForeign ? await openRawPeer('h2', network.address(4), secret) : peer;
    try {
      await sender.send(make(), target);
      // What came later on the same way is answered: so the other has been looked at.
      await sender.send(peer.seal({ type: 'probe', nonce: 8 }, { counter: 1e6 }), target);
      if (isForeign)
        await waitUntil(
          'both to be counted',
          async () => (await refusedBy(1))[kind] > before[kind] + 1,
        );
      else await peer.probe(target, 'h1');
      const nonces = [...peer.received, ...sender.received].flatMap(({ body }) =>
        body.type === 'reply' ? [body.nonce] : [],
      );
      expect(nonces).not.toContain(7);
      expect(nonces.includes(8)).toBe(!isForeign);
      expect((await refusedBy(1))[kind]).toBe(before[kind] + (isForeign ? 2 : 1));
    } finally {
      if (isForeign) await sender.close();
    }
  });

  test('sent again is refused: a probe, a reservation, a statement', async () => {
    const reserve = { type: 'reserve', nonce: 5, job: 3, count: 1, kind: 'job' } as const;
    const sent = peer.seal({ ...reserve, cpus: 1, memoryBytes: 0 });
    for (let time = 0; time < 3; time += 1) await peer.send(sent, target);
    await peer.probe(target, 'h1');
    expect((await refusedBy(1)).replayed).toBe(2);
    const replies = peer.received.filter(({ body }) => body.type === 'reply' && body.nonce === 5);
    expect(replies).toHaveLength(1);
    const nodes = await askControl(socketOf(1), { op: 'nodes', id: 1 });
    expect(nodes.op === 'nodes' && nodes.nodes.find(({ self }) => self)?.jobs).toBe(1);
  });
});

function flip(bytes: Uint8Array): Uint8Array {
  return bytes.with(bytes.length - 1, bytes.at(-1)! ^ 1);
}

describe('the key of the cluster', () => {
  test('is changed while the daemons run, and no tick is lost', async () => {
    const running = [await start(1), await start(2), await start(3)];
    const knows = async (number: number): Promise<boolean> =>
      (await readPort(network.address(number), ports.status)).trimEnd().split('\n').length === 3;
    for (const number of [1, 2, 3]) await waitUntil('all to be known', () => knows(number));
    const lostAtStart = await balance();
    const other = { id: 2, secret: randomBytes(32) };
    const files = [[{ id: 1, secret }, other], [other, { id: 1, secret }], [other]];
    for (const [round, keys] of files.entries()) {
      writeKeys(keys);
      for (const [index, daemon] of running.entries()) {
        daemon.kill('SIGHUP');
        const log = join(directory, `h${index + 1}.log`);
        await waitUntil(
          'the keys to be read again',
          () => (readFileSync(log, 'utf8').match(/keys read again/g) ?? []).length === round + 1,
        );
        // A whole round of ticks passes between one daemon and the next.
        await ticksOf(1 + ((index + 1) % 3));
      }
    }
    for (const number of [1, 2, 3]) {
      const refused = await refusedBy(number);
      expect(Object.values(refused).every((count) => count === 0)).toBe(true);
    }
    expect(await balance()).toBe(lostAtStart);
  });

  /** Packets that were sent and never received, by all together. */
  async function balance(): Promise<number> {
    let last = { sent: -1, received: -1 };
    for (;;) {
      const now = await totals();
      // Nothing was on its way while they were read.
      if (now.sent === last.sent && now.received === last.received) return now.sent - now.received;
      last = now;
    }
  }

  async function totals(): Promise<{ sent: number; received: number }> {
    const sum = { sent: 0, received: 0 };
    for (const number of [1, 2, 3]) {
      const reply = await askControl(socketOf(number), { op: 'counters', id: 1 });
      if (reply.op !== 'counters') throw new Error(reply.op);
      sum.sent += reply.counters.packetsSent;
      sum.received += reply.counters.packetsReceived;
    }
    return sum;
  }

  /** Waits until a daemon has heard two more ticks of both others. */
  async function ticksOf(number: number): Promise<void> {
    const received = async (): Promise<number> => {
      const reply = await askControl(socketOf(number), { op: 'counters', id: 1 });
      return reply.op === 'counters' ? reply.counters.packetsReceived : 0;
    };
    const before = await received();
    await waitUntil('more ticks', async () => (await received()) >= before + 4);
  }

  test('is made by dshd keygen, for its owner alone, and never over another', async () => {
    const file = join(directory, 'new');
    const made = await runCommand([process.execPath, program, 'keygen', file]);
    expect(made).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(file, 'utf8')).toMatch(/^\d{1,3} [0-9a-f]{64}\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await runCommand([process.execPath, program, 'keygen', file]);
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(
      /^dshd: cannot make key file .*: it is there already: .*add one by dshd keygen >> .*\n$/,
    );
    // A file system that takes no byte, as one that is full.
    const script = `ulimit -f 0; '${process.execPath}' '${program}' keygen '${file}.full'`;
    expect(await runCommand(['sh', '-c', script])).toMatchObject({ status: 1, stdout: '' });
    expect(existsSync(`${file}.full`)).toBe(false);
    const misused = await runCommand([process.execPath, program, 'keygen', 'a', 'b']);
    expect(misused).toMatchObject({ status: 2, stdout: '' });
    const printed = await runCommand([process.execPath, program, 'keygen']);
    expect(printed.stdout).toMatch(/^\d{1,3} [0-9a-f]{64}\n$/);
  });
});

describe('a multicast group', () => {
  test('tells all at once, and is sealed like the rest', async () => {
    for (const number of [1, 2, 3]) await start(number, ['--multicast', '239.77.0.1']);
    for (const number of [1, 2, 3]) {
      await waitUntil('all to be known', async () => {
        const table = await readPort(network.address(number), ports.status);
        return table.trimEnd().split('\n').length === 3;
      });
    }
    // Each tick one packet for all and one for each of the others: the group's have come too.
    const more = async (): Promise<boolean> => {
      const reply = await askControl(socketOf(1), { op: 'counters', id: 1 });
      if (reply.op !== 'counters') throw new Error(reply.op);
      const { packetsSent, packetsReceived } = reply.counters;
      return packetsSent >= 15 && packetsReceived > packetsSent;
    };
    await waitUntil('more to come than was sent', more);
    expect(Object.values(await refusedBy(1)).every((count) => count === 0)).toBe(true);
  });
});

describe('the administrator’s socket', () => {
  test('takes drain and undrain, which the common one refuses', async () => {
    await start(1);
    const refusal = await askControl(socketOf(1), { op: 'drain', id: 1 });
    expect(refusal).toMatchObject({ op: 'error', id: 1 });
    const admin = `${socketOf(1)}.admin`;
    expect(statSync(admin).mode & 0o777).toBe(0o600);
    expect(await askControl(admin, { op: 'drain', id: 1 })).toEqual({ op: 'done', id: 1 });
    expect(await readPort(network.address(1), ports.status)).toMatch(/^h1 draining /);
    expect(await askControl(admin, { op: 'undrain', id: 1 })).toEqual({ op: 'done', id: 1 });
    expect(await readPort(network.address(1), ports.status)).not.toMatch(/draining/);
  });
});
