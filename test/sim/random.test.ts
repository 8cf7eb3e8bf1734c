import { describe, expect, it } from 'vitest';
import {
  boundedPareto,
  createRandom,
  exponential,
  hyperexponential,
  type Random,
} from '../../src/sim/random.ts';

function draw(random: Random, count: number): number[] {
  return Array.from({ length: count }, random);
}

describe('random numbers', () => {
  it('are the same for the same seed and name, and others for another', () => {
    const first = draw(createRandom(7, 'network'), 20);
    expect(draw(createRandom(7, 'network'), 20)).toEqual(first);
    expect(draw(createRandom(8, 'network'), 20)).not.toEqual(first);
    expect(draw(createRandom(7, 'crowd'), 20)).not.toEqual(first);
    expect(draw(createRandom(7 + 2 ** 32, 'network'), 20)).not.toEqual(first);
  });

  it('are spread evenly', () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (const value of draw(createRandom(1, 'even'), 100_000))
      counts[Math.floor(value * 10)]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });

  it.each([
    { name: 'exponential', distribution: exponential },
    { name: 'hyperexponential', distribution: hyperexponential },
    { name: 'bounded Pareto', distribution: boundedPareto },
  ])('have the mean that was asked for: $name', ({ name, distribution }) => {
    const random = createRandom(1, name);
    const count = 400_000;
    let sum = 0;
    for (let index = 0; index < count; index += 1) sum += distribution(random, 2000);
    expect(sum / count / 2000).toBeCloseTo(1, 1);
  });
});
