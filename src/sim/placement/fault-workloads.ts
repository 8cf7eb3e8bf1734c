/** The same work under loss, stalls, crashes and a network that parts (W9). */
import type { Random } from '../random.ts';
import type { World } from '../world.ts';
import { WARM_UP_MS, type Workload } from './workload.ts';

export function faultWorkloads(base: Workload): Workload[] {
  const under = (name: string, what: string, rest: Partial<Workload>): Workload => ({
    ...base,
    name,
    title: `${base.title}, ${what}`,
    ...rest,
  });
  return [
    under('L10', '10 % loss', { network: { loss: 0.1 } }),
    under('L30', '30 % loss', { network: { loss: 0.3 } }),
    under('S', '10 % of the daemons held up for 2 s', { disturb: stallDaemons }),
    under('C', '1 % of the nodes die each second, for 10 s', { disturb: crashNodes }),
    under('P', 'the network in two halves for 5 s in 20', { disturb: partNetwork }),
  ];
}

/** At any time one daemon in ten is held up, another one every two seconds. */
function stallDaemons(world: World, random: Random): void {
  const share = 0.1;
  repeat(world, 2000, () => {
    for (const { daemon } of world.nodes) if (random() < share) daemon.stall(2000);
  });
}

function crashNodes(world: World, random: Random): void {
  const { agenda, nodes } = world;
  repeat(world, 1000, () => {
    for (const { index } of nodes) {
      if (random() >= 0.01) continue;
      world.crash(index);
      agenda.at(agenda.nowMs() + 10_000, () => world.boot(index));
    }
  });
}

function partNetwork(world: World, random: Random): void {
  const { agenda, network, nodes } = world;
  repeat(world, 20_000, () => {
    const side = nodes.map(() => random() < 0.5);
    for (const from of nodes) {
      for (const to of nodes) {
        if (side[from.index] !== side[to.index]) network.cut(from.index, to.index);
      }
    }
    agenda.at(agenda.nowMs() + 5000, () => network.mendAll());
  });
}

function repeat({ agenda }: World, periodMs: number, act: () => void): void {
  const turn = (): void => {
    act();
    agenda.at(agenda.nowMs() + periodMs, turn);
  };
  agenda.at(WARM_UP_MS, turn);
}
