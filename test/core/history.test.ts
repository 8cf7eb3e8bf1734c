import { describe, expect, it } from 'vitest';
import { createRoster, plainNode } from '../../src/core/cluster.ts';
import { createHistory, noteHistory, tellHistory } from '../../src/core/history.ts';
import { createVirtualCluster } from '../support/virtual-cluster.ts';

const TICK_MS = 1500;
const STEP_TICKS = 6;

/** Two nodes, of which n1 keeps a history; `live` lets so many ticks pass. */
function startCluster() {
  const cluster = createVirtualCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }] });
  cluster.run(2 * TICK_MS);
  const state = cluster.states.get('n1')!;
  const history = createHistory(state.roster, cluster.nowMs());
  const live = (ticks: number): void => {
    for (let tick = 0; tick < ticks; tick += 1) {
      cluster.run(TICK_MS);
      noteHistory(history, state, cluster.nowMs());
    }
  };
  const tell = (name?: string) => tellHistory(history, name, cluster.nowMs());
  return { cluster, history, live, tell };
}

describe('the history', () => {
  it('has a point for each step, of each node and of all together', () => {
    const { cluster, live, tell } = startCluster();
    cluster.measure('n2', { runnable: 3 });
    live(3 * STEP_TICKS);
    expect(tell()).toMatchObject({ node: null, stepSeconds: 9, ageSeconds: 0, cpus: [8, 8, 8] });
    expect(tell()!.memory).toEqual([0.5, 0.5, 0.5]);
    expect(tell('n1')).toMatchObject({ load: [0, 0, 0], cpus: [4, 4, 4] });
    expect(tell('n2')!.load.at(-1)).toBeCloseTo(tell()!.load.at(-1)!, 1);
    expect(tell('n2')!.load.at(-1)).toBeGreaterThan(1);
    expect(tell('n3')).toBeUndefined();
  });

  it('has gaps where a node was not heard', () => {
    const { cluster, live, tell } = startCluster();
    live(STEP_TICKS);
    cluster.kill('n2');
    live(3 * STEP_TICKS);
    expect(tell('n2')!.cpus.slice(2)).toEqual([null, null]);
    expect(tell()!.cpus.slice(2)).toEqual([4, 4]);
  });

  it('keeps an hour, the newest', () => {
    const { cluster, history, live, tell } = startCluster();
    live(history.points * STEP_TICKS);
    cluster.measure('n2', { cpus: 2 });
    live(STEP_TICKS);
    const { cpus, stepSeconds } = tell('n2')!;
    expect(cpus.length * stepSeconds).toBe(3600);
    expect(cpus[0]).toBe(4);
    expect(cpus.at(-1)).toBeLessThan(4);
  });

  it('follows the cluster file', () => {
    const { cluster, history, live } = startCluster();
    live(STEP_TICKS);
    const roster = createRoster(['n3', 'n2', 'n1'].map(plainNode));
    const next = createHistory(roster, cluster.nowMs(), history);
    expect(tellHistory(next, 'n2', cluster.nowMs())!.cpus).toEqual([4]);
    expect(tellHistory(next, 'n3', cluster.nowMs())!.cpus).toEqual([null]);
    expect(tellHistory(next, undefined, cluster.nowMs())!.cpus).toEqual([8]);
  });

  it.each([1, 33, 1000, 10_000])('of %i nodes takes at most 4 MB', (count) => {
    const nodes = Array.from({ length: count }, (_, index) => plainNode(`n${index}`));
    const { load, cpus, memory, points, stepTicks } = createHistory(createRoster(nodes), 0);
    expect(load.byteLength + cpus.byteLength + memory.byteLength).toBeLessThanOrEqual(4e6);
    expect(points * stepTicks * TICK_MS).toBeGreaterThan(3_500_000);
  });
});
