/** How a choice saves a round trip: it reserves where it expects the best answer. */
import { describe, expect, it } from 'vitest';
import { countLive } from '../../src/core/ledger.ts';
import type { ControlReply } from '../../src/core/wire/control.ts';
import { decodePacket } from '../../src/core/wire/packet-codec.ts';
import { anywhere, createVirtualCluster, type VirtualCluster } from '../support/virtual-cluster.ts';

const four = [{ name: 'h1' }, { name: 'h2' }, { name: 'h3' }, { name: 'h4' }];
const TICK_MS = 1500;

describe('the apparent best is reserved before the others are asked', () => {
  /** The packets from h1, as `type>node`, of one placement; and where it led. */
  function placeOne(
    cluster: VirtualCluster,
    wishes: Partial<typeof anywhere> = {},
  ): { readonly said: readonly string[]; readonly node: string } {
    const said: string[] = [];
    let node = '';
    // So that no tick falls into it, and nothing that was heard is as good as an answer.
    cluster.run(100);
    cluster.lose = (from, to, bytes) => {
      const packet = decodePacket(bytes);
      if (from === 'h1' && packet?.body.type !== 'state') said.push(`${packet?.body.type}>${to}`);
      return false;
    };
    cluster.onReply = (reply) => {
      if (reply.op === 'placed') node = reply.node;
    };
    const asked = { ...anywhere, ...wishes };
    cluster.tell('h1', { op: 'place', id: 1, wishes: asked, explain: false });
    cluster.run(200);
    return { said: said.sort(), node };
  }

  function createUnevenCluster(): VirtualCluster {
    const cluster = createVirtualCluster({ nodes: four });
    for (const name of ['h1', 'h3', 'h4']) cluster.measure(name, { runnable: 8 });
    for (let tick = 0; tick < 4; tick += 1) {
      cluster.run(TICK_MS);
      for (const name of ['h1', 'h3', 'h4']) cluster.measure(name, { runnable: 8 });
    }
    cluster.run(TICK_MS);
    return cluster;
  }

  it('who are not, if it has a CPU to spare', () => {
    const cluster = createUnevenCluster();
    expect(placeOne(cluster)).toEqual({ said: ['reserve>h2'], node: 'h2' });
    expect(countLive(cluster.states.get('h2')!.ledger)).toBe(1);
  });

  it('who are at once, if all are busy', () => {
    const cluster = createUnevenCluster();
    for (const name of ['h1', 'h2', 'h3', 'h4']) {
      const { estimate } = cluster.states.get('h3')!;
      const runnable = estimate.runnable - (name === 'h2' ? 2 : 0);
      cluster.states.get(name)!.estimate = { ...estimate, runnable };
    }
    cluster.run(2 * TICK_MS);
    expect(placeOne(cluster)).toEqual({
      said: ['probe>h3', 'probe>h4', 'reserve>h2'],
      node: 'h2',
    });
  });

  it('who are after 4 ms, if it does not answer', () => {
    const cluster = createUnevenCluster();
    cluster.run(100);
    const saidMs: number[] = [];
    const beganMs = cluster.nowMs();
    cluster.lose = (from, to, bytes) => {
      if (from === 'h1' && decodePacket(bytes)?.body.type === 'probe') {
        saidMs.push(Math.round(cluster.nowMs() - beganMs));
      }
      return to === 'h2';
    };
    cluster.tell('h1', { op: 'place', id: 1, wishes: anywhere, explain: false });
    cluster.run(100);
    expect(saidMs).toEqual([4, 4]);
  });

  it('and is taken back where another one proves better', () => {
    const cluster = createUnevenCluster();
    // Since its record was sent. h3 is idle now.
    cluster.states.get('h2')!.draining = true;
    cluster.states.get('h3')!.estimate = cluster.states.get('h2')!.estimate;
    const { said, node } = placeOne(cluster);
    expect(node).toBe('h3');
    expect(said).toEqual(['ended>h2', 'probe>h3', 'probe>h4', 'reserve>h2', 'reserve>h3']);
    expect(countLive(cluster.states.get('h2')!.ledger)).toBe(0);
    expect(countLive(cluster.states.get('h3')!.ledger)).toBe(1);
  });

  it('and is given up where it does not answer', () => {
    const cluster = createUnevenCluster();
    cluster.kill('h2');
    expect(placeOne(cluster).node).not.toBe('h2');
    expect(cluster.states.get('h1')!.promised.size).toBe(0);
  });

  it('but asks nobody where there is no choice, and does not wait', () => {
    const cluster = createVirtualCluster({ nodes: four });
    const { said } = placeOne(cluster, { only: ['h2'] });
    expect(said).toEqual(['reserve>h2']);
    let node = '';
    cluster.lose = () => true;
    cluster.onReply = (reply) => {
      if (reply.op === 'placed') node = reply.node;
    };
    const wishes = { ...anywhere, only: ['h2'] };
    cluster.tell('h1', { op: 'place', id: 2, wishes, explain: false });
    expect(node).toBe('h2');
  });
});

describe('a node whose answer is late', () => {
  /** There and back takes 60 ms, three times as long as a node may take. */
  function askBusy(runnable: number): { readonly node: string; readonly tookMs: number } {
    const cluster = createVirtualCluster({ nodes: four.slice(0, 2), delayMs: 30 });
    cluster.run(3 * TICK_MS);
    for (let sample = 0; sample < 10; sample += 1) {
      cluster.measure('h1', { runnable });
      cluster.run(1000);
    }
    // The first time nobody knows that it is late and not dead.
    cluster.ask('h1', 'place');
    cluster.run(100);
    const beganMs = cluster.nowMs();
    const reply = cluster.ask('h1', 'place');
    return { node: reply.op === 'placed' ? reply.node : '', tookMs: cluster.nowMs() - beganMs };
  }

  it('is waited for where the others would let the job wait', () => {
    const { node, tookMs } = askBusy(8);
    expect(node).toBe('h2');
    expect(tookMs).toBeLessThan(200);
  });

  it('is left out where another one has room', () => {
    const { node, tookMs } = askBusy(0);
    expect(node).toBe('h1');
    expect(tookMs).toBeLessThan(25);
  });
});

describe('a new cluster file while a choice is on its way', () => {
  it.each([
    ['among all', {}],
    ['of a node that stays', { only: ['h4'] }],
    ['of one that goes', { only: ['h2'] }],
  ])('begins it anew, %s', (_, wishes) => {
    const cluster = createVirtualCluster({ nodes: four });
    cluster.run(100);
    const state = cluster.states.get('h1')!;
    const replies: ControlReply[] = [];
    cluster.onReply = (reply) => replies.push(reply);
    for (let id = 1; id <= 8; id += 1) {
      const asked = { ...anywhere, exclude: ['h1'], ...wishes };
      cluster.tell('h1', { op: 'place', id, wishes: asked, explain: false });
    }
    const peers = state.cluster.peers.filter(({ name }) => name === 'h4');
    const configured = { cluster: { ...state.cluster, peers }, policy: state.policy };
    cluster.feed('h1', { type: 'configured', ...configured });
    cluster.run(200);
    expect(replies.map((reply) => 'id' in reply && reply.id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const job of state.jobs.keys()) {
      cluster.tell('h1', { op: 'ended', job });
    }
    cluster.run(100);
    for (const each of cluster.states.values()) expect(countLive(each.ledger)).toBe(0);
  });
});
