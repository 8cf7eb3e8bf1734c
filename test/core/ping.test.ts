import { beforeEach, describe, expect, it } from 'vitest';
import { nodeId } from '../../src/core/cluster.ts';
import { PING_MS, takePong } from '../../src/core/ping.ts';
import type { ControlReply } from '../../src/core/wire/control.ts';
import { createVirtualCluster, type VirtualCluster } from '../support/virtual-cluster.ts';

describe('a ping', () => {
  let cluster: VirtualCluster;
  let replies: ControlReply[];

  function ping(node: string): void {
    cluster.tell('h1', { op: 'ping', id: 7, node });
  }

  beforeEach(() => {
    cluster = createVirtualCluster({ nodes: [{ name: 'h1' }, { name: 'h2' }, { name: 'h3' }] });
    replies = [];
    cluster.onReply = (reply) => void replies.push(reply);
  });

  it('is answered, and leaves no job', () => {
    ping('h2');
    cluster.run(PING_MS / 2);
    expect(replies).toEqual([{ op: 'pinged', id: 7, answerMs: expect.any(Number) }]);
    const { jobs, counters, pings } = cluster.states.get('h1')!;
    expect([jobs.size, counters.placements, pings.size]).toEqual([0, 0, 0]);
  });

  it('that nobody answers is told after a second, and not before', () => {
    cluster.lose = (_, to) => to === 'h2';
    ping('h2');
    cluster.run(PING_MS - 1);
    expect(replies).toEqual([]);
    cluster.run(1);
    expect(replies).toEqual([{ op: 'pinged', id: 7, answerMs: null }]);
  });

  it('is not answered by another node', () => {
    ping('h2');
    const state = cluster.states.get('h1')!;
    const [nonce] = state.pings.keys();
    const context = { state, nowMs: cluster.nowMs(), random: Math.random, effects: [] };
    expect(takePong(context, nodeId('h3'), nonce!)).toBe(false);
    expect(takePong(context, nodeId('h2'), nonce!)).toBe(true);
  });

  it.each([
    { node: 'h1', reason: 'h1: it is this node' },
    { node: 'h9', reason: 'h9: no node of the cluster has that name' },
  ])('of $node is refused', ({ node, reason }) => {
    ping(node);
    expect(replies).toEqual([{ op: 'refused', id: 7, reason, ranking: [] }]);
  });
});
