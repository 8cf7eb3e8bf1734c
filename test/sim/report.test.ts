import { describe, expect, it } from 'vitest';
import { readSimOptions } from '../../src/sim/options.ts';
import { figureRow, formatRows, rowOf } from '../../src/sim/report.ts';
import { estimate, estimateRatio, quantileOf } from '../../src/sim/statistics.ts';
import { runDissemination } from '../../src/sim/dissemination/suite.ts';

describe('estimates', () => {
  it('have Student’s interval', () => {
    const { mean, interval } = estimate([1, 2, 3, 4, 5]);
    expect(mean).toBe(3);
    // 2.776 * sqrt(2.5 / 5)
    expect(interval[1] - mean).toBeCloseTo(1.963, 3);
    expect(estimate([4]).interval).toEqual([4, 4]);
  });

  it('of ratios are of pairs', () => {
    expect(estimateRatio([2, 4, 8], [1, 2, 4])).toEqual({ mean: 2, interval: [2, 2] });
  });

  it('of quantiles take the value at that place', () => {
    expect(quantileOf([1, 2, 3, 4], 0.5)).toBe(3);
    expect(quantileOf([], 0.5)).toBeNaN();
  });
});

describe('rows', () => {
  it('say whether a goal is met', () => {
    const met = rowOf('s', 'fast', 'x', { mean: 1.01, interval: [1, 1.02] }, 10, ['<=', 1.02]);
    expect(met).toMatchObject({ goal: '<= 1.02', met: true, interval: [1, 1.02], seeds: 10 });
    const missed = figureRow('s', 'many', 9, 'nodes', ['>=', 10]);
    expect(missed).toMatchObject({ goal: '>= 10', met: false, interval: null });
    const lines = formatRows([met, missed, figureRow('s', 'plain', 12_345.6, 'B')]).split('\n');
    expect(lines[0]).toMatch(/^fast +1.01 +x +\[1, 1.02\] +<= 1.02 +met$/);
    expect(lines[1]).toMatch(/MISSED$/);
    expect(lines[2]).toMatch(/^plain +12346 +B$/);
  });

  it('of a small cluster have all of its goals met', () => {
    const rows = runDissemination([8], [1], () => {});
    expect(rows.filter(({ met }) => met === false)).toEqual([]);
    expect(rows.find(({ name }) => name === '8 nodes: known')?.value).toBe(7);
  });
});

describe('the command line', () => {
  it('is a suite and its options', () => {
    const line = readSimOptions(['faults', '--seed', '7', '--seeds', '2', '--without', 'loss,end']);
    expect(line).toMatchObject({
      kind: 'run',
      options: { suite: 'faults', firstSeed: 7, seeds: 2, without: ['loss', 'end'] },
    });
  });

  it.each([
    { words: [], reason: "'': expected one of placement, dissemination, faults, mutations, plots" },
    { words: ['faults', '--seeds', 'x'], reason: '--seeds x: expected a whole number from 1' },
    { words: ['faults', 'more'], reason: "'more' is one too many" },
    { words: ['plots'], reason: 'plots: expected files that --json has left' },
  ])('says what is wrong with $words', ({ words, reason }) => {
    expect(readSimOptions(words)).toEqual({ kind: 'error', reason });
  });
});
