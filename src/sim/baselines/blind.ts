/** Rules that look at nothing. */
import { drawWeighted } from '../../core/shortlist.ts';
import type { PlacerKind } from '../placer.ts';
import { placeAt } from './choose.ts';

/** At random, in proportion to the CPUs and their speed. */
export const randomPlacer: PlacerKind = {
  name: 'random',
  daemons: 'none',
  create(world) {
    const random = world.random('random placer');
    const capacities = world.nodes.map(({ spec }) => spec.cpus * spec.speed);
    return {
      place: (_caller, _job, placed) => placed(placeAt(drawWeighted(capacities, random))),
    };
  },
};

/** Each caller goes round the nodes, from a place of its own. */
export const roundRobinPlacer: PlacerKind = {
  name: 'round robin',
  daemons: 'none',
  create(world) {
    const random = world.random('round robin placer');
    const { length } = world.nodes;
    const next = world.nodes.map(() => Math.floor(random() * length));
    return {
      place(caller, _job, placed) {
        next[caller] = (next[caller]! + 1) % length;
        placed(placeAt(next[caller]));
      },
    };
  },
};
