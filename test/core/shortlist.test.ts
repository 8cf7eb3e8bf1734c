import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  drawShortlist as draw,
  drawWeighted,
  waterFill as fill,
} from '../../src/core/shortlist.ts';
import { createRandom } from '../support/random.ts';

interface Share {
  readonly cost: number;
  readonly capacity: number;
}

const waterFill = (nodes: readonly Share[], amount: number): number[] =>
  fill(
    nodes.map(({ cost }) => cost),
    nodes.map(({ capacity }) => capacity),
    amount,
  );

function drawShortlist(
  nodes: readonly Share[],
  expected: number,
  random: () => number,
  jobs = 1,
): number[] {
  const costs = nodes.map(({ cost }) => cost);
  const capacities = nodes.map(({ capacity }) => capacity);
  return draw(costs, capacities, jobs, expected, random);
}

const shares = fc.array(
  fc.record({
    cost: fc.double({ min: 0, max: 1000, noNaN: true }),
    capacity: fc.double({ min: 0.1, max: 512, noNaN: true }),
  }),
  { minLength: 1, maxLength: 200 },
);
const arrivals = fc.double({ min: 0.5, max: 1000, noNaN: true });

describe('waterFill', () => {
  it('pours all of it, nowhere a negative amount, and to one level', () => {
    const property = fc.property(shares, arrivals, (nodes, amount) => {
      const parts = waterFill(nodes, amount);
      const sum = parts.reduce((total, part) => total + part, 0);
      expect(sum).toBeCloseTo(amount, 4);
      expect(parts.every((part) => part >= 0)).toBe(true);
      const levels = parts.flatMap((part, index) =>
        part > 0 ? [nodes[index]!.cost + part / nodes[index]!.capacity] : [],
      );
      const level = Math.max(...levels);
      for (const other of levels) expect(other).toBeCloseTo(level, 4);
      for (const [index, part] of parts.entries()) {
        if (part === 0) expect(nodes[index]!.cost).toBeGreaterThanOrEqual(level - 1e-6);
      }
    });
    fc.assert(property);
  });

  it('never gives more to a node because its own cost rose', () => {
    const property = fc.property(shares, arrivals, fc.nat(), (nodes, amount, pick) => {
      const index = pick % nodes.length;
      const dearer = nodes.map((node, other) =>
        other === index ? { ...node, cost: node.cost + 1 } : node,
      );
      expect(waterFill(dearer, amount)[index]!).toBeLessThanOrEqual(
        waterFill(nodes, amount)[index]! + 1e-6,
      );
    });
    fc.assert(property);
  });
});

describe('drawShortlist', () => {
  const equal = (count: number): Share[] =>
    Array.from({ length: count }, () => ({ cost: 0, capacity: 4 }));

  it.each([1, 2, 3, 4])('names all of %i nodes', (count) => {
    const drawn = drawShortlist(equal(count), 5, createRandom(1));
    expect(drawn.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: count }, (_, index) => index),
    );
  });

  it('names four different ones of many', () => {
    const random = createRandom(2);
    for (let round = 0; round < 200; round += 1) {
      expect(new Set(drawShortlist(equal(50), 5, random)).size).toBe(4);
    }
  });

  it.each([
    { jobs: 2, asked: 4 },
    { jobs: 10, asked: 20 },
    { jobs: 30, asked: 50 },
    { jobs: 500, asked: 50 },
  ])('names $asked of fifty for $jobs jobs', ({ jobs, asked }) => {
    expect(new Set(drawShortlist(equal(50), 5, createRandom(5), jobs)).size).toBe(asked);
  });

  it('leaves no equal node out for long', () => {
    const random = createRandom(3);
    const seen = new Set<number>();
    for (let round = 0; round < 400; round += 1) {
      for (const index of drawShortlist(equal(50), 5, random)) seen.add(index);
    }
    expect(seen.size).toBe(50);
  });

  it('finds the one idle node among many busy ones', () => {
    const nodes = equal(64).map((node, index) => (index === 17 ? node : { ...node, cost: 9 }));
    const random = createRandom(4);
    for (let round = 0; round < 50; round += 1) {
      expect(drawShortlist(nodes, 5, random)).toContain(17);
    }
  });
});

describe('drawWeighted', () => {
  it('draws nothing where nothing has weight', () => {
    expect(drawWeighted([0, 0], () => 0.5)).toBe(-1);
  });

  it.each([
    { at: 0, drawn: 1 },
    { at: 0.24, drawn: 1 },
    { at: 0.26, drawn: 3 },
    { at: 0.999999, drawn: 3 },
  ])('draws $drawn at $at', ({ at, drawn }) => {
    expect(drawWeighted([0, 1, 0, 3], () => at)).toBe(drawn);
  });
});
