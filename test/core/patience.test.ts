/** Clocks that are apart, and a daemon that is late itself and so waits longer for others. */
import { describe, expect, it } from 'vitest';
import { knownNodes } from '../../src/core/daemon.ts';
import type { NodeView } from '../../src/core/wire/control.ts';
import { HEALTH_MAX, memberMs, noteLateness, usableMs } from '../../src/core/thresholds.ts';
import { createVirtualCluster, idle, type VirtualCluster } from '../support/virtual-cluster.ts';

const TICK_MS = 1500;

function viewOf(cluster: VirtualCluster, from: string, name: string): NodeView {
  const views = knownNodes(cluster.states.get(from)!, cluster.nowMs());
  return views.find((view) => view.name === name)!;
}

describe('how far the clocks of two nodes are apart', () => {
  /** Both daemons start at once; then the clock of n2 is found to be wrong. */
  function withClockOff(offMs: number): VirtualCluster {
    const cluster = createVirtualCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }] });
    const { epoch, startedMs } = cluster.states.get('n2')!;
    const clockMs = epoch + (cluster.nowMs() - startedMs) + offMs;
    cluster.feed('n2', { type: 'measured', measurement: idle, clockMs });
    cluster.run(20 * TICK_MS);
    return cluster;
  }

  it.each([-90_000, -250, 250, 90_000])('is seen by each of the other: %i ms', (offMs) => {
    const cluster = withClockOff(offMs);
    expect(Math.abs(viewOf(cluster, 'n1', 'n2').skewMs! - offMs)).toBeLessThan(10);
    expect(Math.abs(viewOf(cluster, 'n2', 'n1').skewMs! + offMs)).toBeLessThan(10);
  });

  it('is not told of oneself', () => {
    expect(viewOf(withClockOff(250), 'n1', 'n1').skewMs).toBeUndefined();
  });

  it('changes no age, and no choice', () => {
    const cluster = withClockOff(3_600_000);
    expect(viewOf(cluster, 'n1', 'n2').ageSeconds).toBeLessThan(2 * (TICK_MS / 1000));
    expect(cluster.ask('n1', 'place', { exclude: ['n1'] })).toMatchObject({ node: 'n2' });
  });
});

describe('a daemon whose own ticks come late', () => {
  it('waits for others up to eight times as long, and less again once it is punctual', () => {
    const cluster = createVirtualCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }] });
    const state = cluster.states.get('n1')!;
    const [usable, member] = [usableMs(state), memberMs(state)];
    expect([usable, member]).toEqual([3 * TICK_MS, 5 * TICK_MS]);
    noteLateness(state, 2 * TICK_MS);
    expect([usableMs(state), memberMs(state)]).toEqual([3 * usable, 3 * member]);
    for (let tick = 0; tick < 20; tick += 1) noteLateness(state, TICK_MS);
    expect(usableMs(state)).toBe((1 + HEALTH_MAX) * usable);
    for (let tick = 0; tick < HEALTH_MAX; tick += 1) noteLateness(state, 1);
    expect([usableMs(state), memberMs(state)]).toEqual([usable, member]);
  });

  it('does not take the silence that it slept through for the death of others', () => {
    const cluster = createVirtualCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }] });
    cluster.run(4 * TICK_MS);
    const state = cluster.states.get('n1')!;
    // It is held up for seven ticks; what came meanwhile is lost to a full buffer.
    cluster.states.delete('n1');
    cluster.run(7 * TICK_MS);
    cluster.states.set('n1', state);
    cluster.feed('n1', { type: 'wakeup' });
    expect(viewOf(cluster, 'n1', 'n2').state).toBe('ok');
  });
});
