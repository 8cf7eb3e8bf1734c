/** A million packets from somebody without the key: no crash, nothing answered, nothing changed. */
import { randomBytes } from 'node:crypto';
import { serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { plainNode } from '../../src/core/cluster.ts';
import { createDaemonState, type DaemonState } from '../../src/core/daemon-state.ts';
import { type DaemonEvent, step } from '../../src/core/daemon.ts';
import { builtinPolicies } from '../../src/core/policy.ts';
import { withoutKey } from '../../src/core/wire/authentication.ts';
import { PACKET_BYTES_MAX } from '../../src/core/wire/packet.ts';
import { createAuthenticator } from '../../src/dshd/authenticator.ts';
import { createRandom } from '../support/random.ts';
import { idle } from '../support/virtual-cluster.ts';

const PACKETS = 1_000_000;
const NOW_MS = 10_000;
/** Well below what one node may send in a tick, which would hide what comes after. */
const PACKETS_PER_ROUND = 10_000;

const nodes = ['h1', 'h2', 'h3'].map(plainNode);
const authenticator = createAuthenticator([{ id: 1, secret: randomBytes(32) }], 'dsh');

function createNode(index: number, epoch = 1_700_000_000_000): DaemonState {
  const [self, ...peers] = [nodes[index]!, ...nodes.filter((_, other) => other !== index)];
  const policy = builtinPolicies['fresh']!;
  const cluster = { self, peers };
  const options = {
    epoch,
    cluster,
    policy,
    maxLoops: 5,
    measurement: idle,
    authenticator,
    version: 1,
  };
  return createDaemonState(options, 0);
}

/** Packets of all types that h2 sends to h1, as somebody on the way would record them. */
function recordPackets(target: DaemonState, random: () => number): Uint8Array[] {
  const sender = createNode(1);
  const recorded: Uint8Array[] = [];
  const request = { op: 'place', id: 1, explain: false } as const;
  const wishes = { only: ['h1'], exclude: [], order: [], cpus: 1, memoryBytes: 1e9 };
  const feed = (state: DaemonState, event: DaemonEvent, nowMs: number): void => {
    for (const effect of step(state, event, nowMs, random)) {
      if (effect.type !== 'send') continue;
      const [to, from] = state === sender ? [target, nodes[1]!] : [sender, nodes[0]!];
      if (effect.to !== to.cluster.self.id) continue;
      if (to === target) recorded.push(effect.bytes);
      feed(to, { type: 'datagram', from: from.id, bytes: effect.bytes }, nowMs);
    }
  };
  feed(target, { type: 'wakeup' }, 0);
  feed(sender, { type: 'client-opened', client: 1 }, 1);
  for (const nowMs of [2000, 4000, 6000]) {
    feed(target, { type: 'wakeup' }, nowMs);
    feed(sender, { type: 'wakeup' }, nowMs);
    feed(sender, { type: 'request', client: 1, request: { ...request, wishes } }, nowMs + 100);
  }
  for (const job of sender.jobs.keys()) {
    feed(sender, { type: 'request', client: 1, request: { op: 'started', job } }, 7000);
  }
  const [first] = sender.jobs.keys();
  feed(sender, { type: 'request', client: 1, request: { op: 'ended', job: first! } }, 7000);
  return recorded;
}

function mutate(packet: Uint8Array, random: () => number): Uint8Array {
  const pick = (count: number): number => Math.floor(random() * count);
  switch (pick(5)) {
    case 0:
      return Uint8Array.from({ length: pick(PACKET_BYTES_MAX + 50) }, () => pick(256));
    case 1:
      return packet.subarray(0, pick(packet.length));
    case 2: {
      const longer = new Uint8Array(packet.length + 1 + pick(40));
      longer.set(packet);
      return longer;
    }
    case 3:
      return packet;
    default: {
      const changed = packet.slice();
      for (let count = 1 + pick(4); count > 0; count -= 1) {
        changed[pick(changed.length)]! ^= 1 << pick(8);
      }
      return changed;
    }
  }
}

/** All that a daemon knows, but for the counters of packets. */
function snapshot(state: DaemonState): Buffer {
  const { roster: _nodes, ...table } = state.table;
  const { packets: _packets, ...freshness } = state.freshness;
  const plain = { ...state, table, freshness, cluster: 0, roster: 0, policy: 0, authenticator: 0 };
  return serialize({ ...plain, counters: 0 });
}

test('a million random, changed, cut, lengthened and repeated packets leave a daemon as it is', () => {
  const random = createRandom(1);
  const target = createNode(0);
  const recorded = recordPackets(target, random);
  expect(recorded.length).toBeGreaterThan(8);
  expect(target.ledger.live).toBeGreaterThan(0);
  target.nextTickMs = Infinity;
  step(target, { type: 'wakeup' }, NOW_MS, random);
  target.nextPushMs = undefined;
  const before = snapshot(target);
  const refused = target.counters.packetsRefused;
  let answers = 0;
  for (let count = 0; count < PACKETS; count += 1) {
    const bytes = mutate(recorded[count % recorded.length]!, random);
    const from = nodes[1 + (count % 7 === 0 ? 1 : 0)]!.id;
    answers += step(target, { type: 'datagram', from, bytes }, NOW_MS, random).length;
    if (count % PACKETS_PER_ROUND === 0) target.freshness.packets.fill(0);
  }
  expect(answers).toBe(0);
  expect(target.counters.packetsRefused - refused).toBe(PACKETS);
  expect(target.counters.refused['rate-limited']).toBe(0);
  expect(snapshot(target).equals(before)).toBe(true);
}, 300_000);

test('whoever has the key, or where there is none, may lie, but breaks nothing', () => {
  const random = createRandom(2);
  const target = createNode(0);
  const recorded = recordPackets(target, random).map((bytes) => {
    const open = bytes.slice();
    open[4] = 0;
    return open;
  });
  target.authenticator = withoutKey;
  let nowMs = NOW_MS;
  for (let count = 0; count < PACKETS / 10; count += 1) {
    nowMs += 0.1;
    const bytes = mutate(recorded[count % recorded.length]!, random);
    step(target, { type: 'datagram', from: nodes[1]!.id, bytes }, nowMs, random);
  }
  expect(target.table.size).toBeLessThanOrEqual(2);
  expect(Number.isFinite(target.ledger.live)).toBe(true);
  // It still serves: a choice is answered.
  step(target, { type: 'client-opened', client: 1 }, nowMs, random);
  const wishes = { only: ['h1'], exclude: [], order: [], cpus: 1, memoryBytes: 0 };
  const request = { op: 'place', id: 1, explain: false, wishes } as const;
  const effects = step(target, { type: 'request', client: 1, request }, nowMs, random);
  expect(effects.filter(({ type }) => type === 'reply')).toHaveLength(1);
}, 300_000);
