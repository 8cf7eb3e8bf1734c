/** Rules that believe the table as the ticks leave it. */
import { drawWeighted, waterFill } from '../../core/shortlist.ts';
import type { PlacerKind, Traffic } from '../placer.ts';
import type { Random } from '../random.ts';
import { pickLeastBy, pickTwo, placeAt } from './choose.ts';
import { readTable, type StaleNode } from './table-view.ts';

export const leastLoadavgPlacer = stalePlacer('least loadavg', (nodes, random) =>
  pickLeastBy(nodes, (node) => node.loadavg / node.capacity, random),
);

export const leastRunQueuePlacer = stalePlacer('least run queue', (nodes, random) =>
  pickLeastBy(nodes, (node) => node.load / node.capacity, random),
);

/** The lesser of two random choices (Mitzenmacher, TPDS 2000). */
export const staleTwoChoicesPlacer = stalePlacer('P2C stale', (nodes, random) =>
  pickLeastBy(pickTwo(nodes, random), (node) => (node.load + 1) / node.capacity, random),
);

/** Dahlin's Basic LI (TPDS 2000), which knows the cluster's rate of jobs exactly. */
export const basicLiPlacer = stalePlacer('basic LI', (nodes, random, { jobsPerSecond }) => {
  const meanAgeMs = nodes.reduce((sum, node) => sum + node.ageMs, 0) / nodes.length;
  const arrivals = Math.max(1, (jobsPerSecond * meanAgeMs) / 1000);
  const costs = nodes.map(({ load, capacity }) => load / capacity);
  const capacities = nodes.map(({ capacity }) => capacity);
  return nodes[drawWeighted(waterFill(costs, capacities, arrivals), random)];
});

function stalePlacer(
  name: string,
  choose: (nodes: readonly StaleNode[], random: Random, traffic: Traffic) => StaleNode | undefined,
): PlacerKind {
  return {
    name,
    daemons: 'without pushes',
    create(world, traffic) {
      const random = world.random(`placer ${name}`);
      return {
        place(caller, _job, placed) {
          const nodes = readTable(world, caller);
          placed(placeAt(nodes.length > 0 ? choose(nodes, random, traffic)?.index : caller));
        },
      };
    },
  };
}
