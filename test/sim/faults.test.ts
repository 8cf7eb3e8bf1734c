import { describe, expect, it } from 'vitest';
import { faultClassNames } from '../../src/sim/faults/fault-classes.ts';
import { findSeed } from '../../src/sim/faults/mutation-suite.ts';
import { type Mutation, mutations } from '../../src/sim/faults/mutations.ts';
import { shrinkFailure } from '../../src/sim/faults/shrink.ts';
import { invariants } from '../../src/sim/faults/suite.ts';
import { runTrial } from '../../src/sim/faults/trial.ts';
import { loadPatchedCore } from '../../src/sim/patched-core.ts';

function mutationOf(invariant: string): Mutation {
  return mutations.find((mutation) => mutation.invariant === invariant)!;
}

describe('a trial', () => {
  it('breaks nothing, and leaves the same trace when it is repeated', () => {
    const first = runTrial({ seed: 1 });
    expect(first.violations).toEqual([]);
    expect(runTrial({ seed: 1 }).hash).toBe(first.hash);
    expect(runTrial({ seed: 2 }).hash).not.toBe(first.hash);
  });

  it('has the size it is told, and leaves out the faults that are not wanted', () => {
    const { scenario, violations } = runTrial({ seed: 3, nodes: 4, without: faultClassNames });
    expect(scenario.nodes).toHaveLength(4);
    expect(scenario.classes).toEqual([]);
    expect(violations).toEqual([]);
  });
});

describe('planted bugs', () => {
  it('are planted for every invariant, at least twelve', () => {
    expect(new Set(mutations.map(({ invariant }) => invariant))).toEqual(
      new Set(invariants.map(([name]) => name)),
    );
    expect(mutations.length).toBeGreaterThanOrEqual(12);
  });

  it.each(mutations.map((mutation) => [mutation.what, mutation] as const))(
    'fit: %s',
    async (_, { patches }) => {
      await expect(loadPatchedCore(patches)).resolves.toHaveProperty('step');
    },
  );

  it.each(['I3', 'I8', 'I9'])('are noticed by the checker of %s', async (invariant) => {
    await expect(findSeed(mutationOf(invariant))).resolves.toBeGreaterThan(0);
  });

  it('that need no fault shrink to none', async () => {
    const core = await loadPatchedCore(mutationOf('I9').patches);
    const { scenario } = runTrial({ seed: 2, core });
    expect(scenario.classes.length).toBeGreaterThan(0);
    expect(shrinkFailure(2, 'I9', scenario.classes, { core })).toEqual(scenario.classes);
  });

  it('that do not fit the core are refused', async () => {
    const patch = { file: 'table.ts', find: 'no such line', replace: '' };
    await expect(loadPatchedCore([patch])).rejects.toThrow("0 times 'no such line'");
  });
});
