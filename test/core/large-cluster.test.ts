/** Clusters in which not everybody tells everybody: relays, new daemons, wrong clocks, batches. */
import { describe, expect, it } from 'vitest';
import { nodeId } from '../../src/core/cluster.ts';
import { knownNodes } from '../../src/core/daemon.ts';
import { countLive } from '../../src/core/ledger.ts';
import { ageOf } from '../../src/core/table.ts';
import type { ControlReply } from '../../src/core/wire/control.ts';
import { anywhere, createVirtualCluster, type VirtualCluster } from '../support/virtual-cluster.ts';

const TICK_MS = 1500;

function names(count: number): { name: string }[] {
  return Array.from({ length: count }, (_, index) => ({ name: `n${index + 1}` }));
}

function knownTo(cluster: VirtualCluster, name: string): number {
  return knownNodes(cluster.states.get(name)!, cluster.nowMs()).length;
}

describe('a cluster of 120', () => {
  it('knows everybody within a few ticks, and keeps knowing', () => {
    const cluster = createVirtualCluster({ nodes: names(120) });
    cluster.run(4 * TICK_MS);
    for (const name of cluster.states.keys()) expect(knownTo(cluster, name)).toBe(120);
  });

  it('sends no node more than 32 packets a tick, and none larger than a datagram', () => {
    const cluster = createVirtualCluster({ nodes: names(120) });
    cluster.run(4 * TICK_MS);
    const before = cluster.states.get('n1')!.counters.packetsSent;
    const sizes: number[] = [];
    cluster.lose = (_from, _to, bytes) => {
      sizes.push(bytes.length);
      return false;
    };
    cluster.run(10 * TICK_MS);
    const sent = cluster.states.get('n1')!.counters.packetsSent - before;
    expect(sent).toBeLessThanOrEqual(12 * 32);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1349);
  });

  it('forgets a dead node everywhere, and has it back when it starts anew', () => {
    const cluster = createVirtualCluster({ nodes: names(60) });
    cluster.run(4 * TICK_MS);
    cluster.kill('n2');
    cluster.run(60_000);
    expect(knownTo(cluster, 'n1')).toBe(59);
    cluster.start('n2');
    cluster.run(3 * TICK_MS);
    expect(knownTo(cluster, 'n1')).toBe(60);
  });

  it('never takes a node for younger than it is', () => {
    const cluster = createVirtualCluster({ nodes: names(60) });
    cluster.run(4 * TICK_MS);
    const diedMs = cluster.nowMs();
    cluster.kill('n2');
    cluster.run(3 * TICK_MS);
    for (const state of cluster.states.values()) {
      const slot = state.roster.slotOfId.get(nodeId('n2'))!;
      const ageMs = ageOf(state.table, slot, cluster.nowMs());
      expect(cluster.nowMs() - ageMs).toBeLessThanOrEqual(diedMs + 1);
    }
  });
});

describe('a new daemon', () => {
  it('has the whole table before its second tick', () => {
    const cluster = createVirtualCluster({ nodes: names(200) });
    cluster.run(5 * TICK_MS);
    cluster.kill('n7');
    cluster.run(TICK_MS);
    cluster.start('n7');
    cluster.run(50);
    expect(knownTo(cluster, 'n7')).toBe(200);
  });

  it.each([-3_600_000, 3_600_000])('is believed although its clock is wrong by %i ms', (offMs) => {
    const cluster = createVirtualCluster({ nodes: names(3) });
    const state = cluster.states.get('n1')!;
    cluster.feed('n1', {
      type: 'measured',
      measurement: state.measurement,
      clockMs: state.epoch + offMs,
    });
    cluster.kill('n2');
    cluster.start('n2');
    cluster.run(2 * TICK_MS);
    expect(knownTo(cluster, 'n1')).toBe(3);
    expect(state.counters.refused['unproven-epoch']).toBeGreaterThan(0);
  });
});

describe('neighbours that are not mutual', () => {
  it('are shown as unknown by the one, and heard by nobody', () => {
    const cluster = createVirtualCluster({ nodes: names(2) });
    const n2 = cluster.states.get('n2')!;
    cluster.feed('n2', {
      type: 'configured',
      cluster: { self: n2.cluster.self, peers: [] },
      policy: n2.policy,
    });
    cluster.run(10 * TICK_MS);
    expect(knownTo(cluster, 'n1')).toBe(1);
    expect(knownTo(cluster, 'n2')).toBe(1);
    expect(n2.counters.refused['wrong-source']).toBeGreaterThan(0);
  });
});

describe('several jobs at once', () => {
  function placeMany(cluster: VirtualCluster, count: number): ControlReply {
    const wishes = { ...anywhere };
    const replies: ControlReply[] = [];
    cluster.onReply = (reply) => void replies.push(reply);
    cluster.tell('n1', { op: 'place', id: 900, wishes, explain: false, count });
    cluster.run(100);
    return replies.at(-1)!;
  }

  it('are spread over equal nodes in one round of probes', () => {
    const cluster = createVirtualCluster({ nodes: names(8) });
    const reply = placeMany(cluster, 32);
    if (reply.op !== 'batch') throw new Error(reply.op);
    expect(new Set(reply.placed.map(({ job }) => job)).size).toBe(32);
    const jobs = [...cluster.states.values()].map((state) => countLive(state.ledger));
    expect(jobs).toEqual(Array.from({ length: 8 }, () => 4));
  });

  it('go where memory is, and as many as fit', () => {
    const cluster = createVirtualCluster({ nodes: names(2) });
    const state = cluster.states.get('n1')!;
    const wishes = { ...anywhere, memoryBytes: 3 * 2 ** 30 };
    cluster.tell('n1', { op: 'place', id: 900, wishes, explain: false, count: 10 });
    cluster.run(100);
    // 8 GiB are free on each of the two.
    expect(state.jobs.size).toBe(4);
  });

  it('can each be explained afterwards', () => {
    const cluster = createVirtualCluster({ nodes: names(8) });
    const replies: ControlReply[] = [];
    const placed = placeMany(cluster, 4);
    if (placed.op !== 'batch') throw new Error(placed.op);
    cluster.onReply = (reply) => void replies.push(reply);
    cluster.tell('n1', { op: 'explain', id: 1, job: placed.placed[3]!.job });
    const [reply] = replies;
    if (reply?.op !== 'explained') throw new Error(reply?.op);
    const { shortlist, chosen, usable, policy } = reply.decision;
    expect({ usable, policy }).toEqual({ usable: 8, policy: 'fresh' });
    expect(shortlist.map(({ source }) => source)).toContain('self');
    expect(shortlist.every(({ terms }) => terms['load']! > 0)).toBe(true);
    expect(chosen.every(({ outcome }) => outcome === 'confirmed')).toBe(true);
    cluster.tell('n1', { op: 'explain', id: 2, job: 4711 });
    expect(replies.at(-1)).toMatchObject({ op: 'refused', id: 2 });
  });
});
