import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRoster, plainNode } from '../../src/core/cluster.ts';
import { misleadingSkewOf, noteSkew, SKEW_SAMPLES, skewOf } from '../../src/core/skew.ts';
import { createTable, type Table } from '../../src/core/table.ts';
import { createVirtualCluster } from '../support/virtual-cluster.ts';

const TICK_MS = 1500;
const none = Array.from({ length: SKEW_SAMPLES }, () => 0);

function hear(delaysMs: readonly number[], apartMs: number): Table {
  const table = createTable(createRoster([plainNode('h1')]));
  for (const delayMs of delaysMs) noteSkew(table, 0, apartMs - delayMs);
  return table;
}

describe('the skew of a node', () => {
  it('is what its packets tell, not what they waited for', () => {
    const apart = fc.integer({ min: -100_000, max: 100_000 });
    const delays = fc.array(fc.nat({ max: 1400 }), { minLength: SKEW_SAMPLES });
    const property = fc.property(apart, delays, (apartMs, delaysMs) => {
      const skewMs = skewOf(hear([...delaysMs, 0], apartMs), 0)!;
      expect(skewMs).toBe(apartMs);
    });
    fc.assert(property);
  });

  it.each([
    ['one that is not misleading', 90, 8, undefined],
    ['the same in the other direction', -90, 8, undefined],
    ['one that is not certain yet', 2000, 7, undefined],
    ['one that is', 2000, 8, 2000],
    ['one that is behind', -101, 8, -101],
  ])('is told: %s', (_, apartMs, count, expected) => {
    const table = hear(
      Array.from({ length: count }, () => 0),
      apartMs,
    );
    expect(misleadingSkewOf(table, 0)).toBe(expected);
  });

  it('of 0 is not told because some packets came late', () => {
    expect(
      misleadingSkewOf(hear([900, 800, 0, 900, 800, 700, 600, 900, 900], 0), 0),
    ).toBeUndefined();
  });

  it('follows a clock that was set', () => {
    const table = hear(none, 5000);
    for (let count = 0; count < 2 * SKEW_SAMPLES; count += 1) noteSkew(table, 0, 0);
    expect(skewOf(table, 0)).toBe(0);
    noteSkew(table, 0, 900);
    expect(skewOf(table, 0)).toBe(900);
  });
});

describe('a placement', () => {
  it('says how wrong the clock of its node is, and nothing of others', () => {
    const cluster = createVirtualCluster({
      nodes: [{ name: 'h1' }, { name: 'h2' }, { name: 'h3' }],
    });
    const { measurement, epoch } = cluster.states.get('h2')!;
    const clockMs = epoch + cluster.nowMs() + 700;
    for (const name of ['h1', 'h2', 'h3']) {
      const set = name === 'h2' ? clockMs : clockMs - 700;
      cluster.feed(name, { type: 'measured', measurement, clockMs: set });
    }
    cluster.run(3 * SKEW_SAMPLES * TICK_MS);
    const skew = (from: string, to: string): unknown => {
      const reply = cluster.ask(from, 'place', { only: [to] });
      return reply.op === 'placed' ? reply.skewMs : reply;
    };
    expect(skew('h1', 'h2')).toBeCloseTo(700, -1);
    expect(skew('h2', 'h1')).toBeCloseTo(-700, -1);
    expect([skew('h1', 'h3'), skew('h2', 'h2')]).toEqual([undefined, undefined]);
  });
});
