/** What a daemon that has just started, and remembers nothing, may be told again. */
import { describe, expect, it } from 'vitest';
import { knownNodes } from '../../src/core/daemon.ts';
import { nodeId } from '../../src/core/cluster.ts';
import {
  adoptEpoch,
  createFreshness,
  type EpochVerdict,
  judgeEpoch,
} from '../../src/core/freshness.ts';
import type { PacketHeader } from '../../src/core/wire/packet.ts';
import { createVirtualCluster, type VirtualCluster } from '../support/virtual-cluster.ts';

/** n2 dies, n1 starts anew so long afterwards, and is then told n2's last word once more. */
function replayAfter(ms: number): VirtualCluster {
  const cluster = createVirtualCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }] });
  let last: Uint8Array | undefined;
  cluster.lose = (from, _to, bytes) => {
    if (from === 'n2') last = bytes;
    return false;
  };
  cluster.run(10_000);
  cluster.kill('n2');
  cluster.kill('n1');
  cluster.run(ms);
  cluster.start('n1');
  cluster.feed('n1', { type: 'datagram', from: nodeId('n2'), bytes: last! });
  return cluster;
}

describe('a new daemon that is told an old statement', () => {
  it('refuses it if it is older than five seconds, and asks for a proof that never comes', () => {
    const cluster = replayAfter(10_000);
    cluster.run(2000);
    const state = cluster.states.get('n1')!;
    expect(state.counters.refused['unproven-epoch']).toBe(1);
    expect(knownNodes(state, cluster.nowMs()).map(({ name }) => name)).toEqual(['n1']);
  });

  it('believes a younger one until the record is too old, as the security page says', () => {
    const cluster = replayAfter(500);
    const state = cluster.states.get('n1')!;
    expect(state.counters.packetsRefused).toBe(0);
    expect(knownNodes(state, cluster.nowMs())).toHaveLength(2);
    cluster.run(12_000);
    expect(knownNodes(state, cluster.nowMs())).toHaveLength(1);
  });
});

describe('a sender whose clock was set back', () => {
  it('is believed once it has proven its lower epoch, and its higher ones no longer', () => {
    const freshness = createFreshness(1);
    const judge = (epoch: number): EpochVerdict => judgeEpoch(freshness, 0, headerOf(epoch), 9000);
    adoptEpoch(freshness, 0, 9000);
    expect(judge(8000)).toBe('stale-epoch');
    adoptEpoch(freshness, 0, 8000);
    expect(judge(8000)).toBe('current');
    expect(judge(9000)).toBe('unproven-epoch');
    expect(judge(9001)).toBe('new');
  });
});

function headerOf(epoch: number): PacketHeader {
  return { sender: 7, epoch, counter: 0, isMulticast: false };
}
