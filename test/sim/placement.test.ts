/** Holds the world against queueing theory, and the rules against each other. */
import { describe, expect, it } from 'vitest';
import { randomPlacer } from '../../src/sim/baselines/blind.ts';
import { freshTwoChoicesPlacer, oraclePlacer } from '../../src/sim/baselines/fresh.ts';
import { originalPlacer } from '../../src/sim/baselines/original.ts';
import { runWorkload } from '../../src/sim/placement/run.ts';
import {
  equalNodes,
  plainJob,
  poissonArrivals,
  type Workload,
} from '../../src/sim/placement/workload.ts';
import { workloads } from '../../src/sim/placement/workloads.ts';
import type { PlacerKind } from '../../src/sim/placer.ts';
import { placers } from '../../src/sim/placers.ts';
import { exponential } from '../../src/sim/random.ts';
import { shippedPlacer } from '../../src/sim/shipped-placer.ts';
import { meanOf } from '../../src/sim/statistics.ts';

function steady(nodes: number, load: number, jobs: number): Workload {
  const jobsPerSecond = nodes * load;
  return {
    name: 'test',
    title: 'test',
    nodes: equalNodes(nodes, 1),
    measure: 'slowdown',
    jobsPerSecond,
    arrivals: (random) =>
      poissonArrivals(random, nodes, jobsPerSecond, jobs, () =>
        plainJob(exponential(random, 1000)),
      ),
  };
}

function slowdown(workload: Workload, kind: PlacerKind, seeds: readonly number[]): number {
  return meanOf(seeds.map((seed) => runWorkload(workload, kind, seed).meanSlowdown));
}

describe('processor sharing', () => {
  it.each([0.3, 0.5, 0.7])('slows a random choice down by 1/(1 - load) at load %s', (load) => {
    const measured = slowdown(steady(16, load, 20_000), randomPlacer, [1, 2, 3]);
    expect(measured * (1 - load)).toBeCloseTo(1, 1);
  });

  it('slows the lesser of two down by the sum of load^(2^i - 2)', () => {
    const load = 0.7;
    const theory = [1, 2, 3, 4, 5].reduce((sum, i) => sum + load ** (2 ** i - 2), 0);
    // The theory is of many servers, fresh figures and no time on the way.
    const measured = slowdown(steady(64, load, 20_000), freshTwoChoicesPlacer, [1, 2]);
    expect(measured / theory).toBeGreaterThan(0.9);
    expect(measured / theory).toBeLessThan(1.2);
  });
});

describe('the rules', () => {
  const small = steady(8, 0.6, 1500);

  it.each(
    [...placers, originalPlacer({ load: 1, lastsMs: 5000 })].map(
      (kind) => [kind.name, kind] as const,
    ),
  )('%s places every job, the same way each time', (_, kind) => {
    const result = runWorkload(small, kind, 1);
    expect(result.refused + result.lost).toBe(0);
    expect(result.meanSlowdown).toBeGreaterThanOrEqual(1);
    expect(runWorkload(small, kind, 1)).toEqual(result);
  });

  it('rank as they should: the oracle, the shipped one, two choices, chance', () => {
    const order = [oraclePlacer, shippedPlacer, freshTwoChoicesPlacer, randomPlacer];
    const figures = order.map((kind) => slowdown(small, kind, [1, 2]));
    expect(figures).toEqual(figures.toSorted((a, b) => a - b));
  });
});

describe('the workloads', () => {
  it.each(workloads.map((workload) => [workload.name, workload] as const))(
    '%s bring the same jobs for the same seed, in order',
    (_, workload) => {
      let state = 1;
      const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
      const arrivals = workload.arrivals(random);
      state = 1;
      expect(workload.arrivals(random)).toEqual(arrivals);
      const times = arrivals.map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    },
  );
});
