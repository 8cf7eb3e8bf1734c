import { describe, expect, it } from 'vitest';
import { createAgenda } from '../../src/sim/agenda.ts';
import { calmNetwork, createNetwork, type NetworkRules } from '../../src/sim/network.ts';
import { createRandom } from '../../src/sim/random.ts';

/** What of `count` packets, numbered in their first byte, arrives, in order. */
function transmit(rules: Partial<NetworkRules>, count: number, cut = false): number[] {
  const agenda = createAgenda();
  const arrived: number[] = [];
  const all = { ...calmNetwork, ...rules };
  const network = createNetwork(agenda, createRandom(1, 'network'), all, ({ bytes }) =>
    arrived.push(bytes[0]!),
  );
  if (cut) network.cut(0, 1);
  for (let index = 0; index < count; index += 1) {
    agenda.at(index, () => network.send(0, 1, Uint8Array.of(index)));
  }
  agenda.run(100_000);
  return arrived;
}

describe('the network', () => {
  it('brings everything once and in order when it is calm', () => {
    expect(transmit({}, 100)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('loses and doubles the share that it is told to', () => {
    const half = transmit({ loss: 0.5 }, 200).length;
    expect(Math.abs(half - 100)).toBeLessThan(25);
    expect(transmit({ duplication: 1 }, 100)).toHaveLength(200);
  });

  it('lets packets overtake each other', () => {
    const arrived = transmit({ reordering: 0.5 }, 100);
    expect(arrived).not.toEqual(arrived.toSorted((a, b) => a - b));
    expect(arrived).toHaveLength(100);
  });

  it('brings nothing over a link that is cut', () => expect(transmit({}, 10, true)).toEqual([]));
});
