/** Rules that look at the nodes themselves: two of them a round trip before, or all in no time. */
import type { PlacerKind } from '../placer.ts';
import type { World, WorldNode } from '../world.ts';
import { pickLeastBy, pickTwo, placeAt } from './choose.ts';

/** The lesser of two, asked just before; nothing is reserved. */
export const freshTwoChoicesPlacer: PlacerKind = {
  name: 'P2C fresh',
  daemons: 'none',
  create(world) {
    const random = world.random('fresh two choices placer');
    return {
      place(_caller, _job, placed) {
        const asked = pickTwo(world.nodes, random).filter(isUp);
        afterOneWay(world, () => {
          const loads = new Map(asked.map((node) => [node, node.machine.runnable()]));
          afterOneWay(world, () => {
            const cost = (node: WorldNode): number => (loads.get(node)! + 1) / capacityOf(node);
            placed(placeAt(pickLeastBy(asked, cost, random)?.index));
          });
        });
      },
    };
  },
};

/**
 * Knows what runs everywhere and what is on its way, without delay, but not how long jobs take:
 * the least load after placement, on a node whose memory suffices. Not a strict optimum.
 */
export const oraclePlacer: PlacerKind = {
  name: 'oracle',
  daemons: 'none',
  create(world) {
    const random = world.random('oracle placer');
    const coming = world.nodes.map(() => 0);
    const promisedBytes = world.nodes.map(() => 0);
    return {
      place(_caller, job, placed) {
        const up = world.nodes.filter(isUp);
        const roomy = up.filter(
          ({ index, spec }) =>
            job.memoryBytes === 0 ||
            promisedBytes[index]! + job.memoryBytes < 0.9 * spec.totalBytes,
        );
        const cost = (node: WorldNode): number =>
          (node.machine.runnable() + coming[node.index]! + 1) / capacityOf(node);
        const node = pickLeastBy(roomy.length > 0 ? roomy : up, cost, random)?.index;
        if (node === undefined) {
          placed(undefined);
          return;
        }
        coming[node]! += job.threads;
        promisedBytes[node]! += job.memoryBytes;
        let waits = true;
        const arrive = (): void => {
          if (waits) coming[node]! -= job.threads;
          waits = false;
        };
        const leave = (): void => {
          arrive();
          promisedBytes[node]! -= job.memoryBytes;
        };
        placed({ node, started: arrive, ended: leave, unreachable: leave });
      },
    };
  },
};

function isUp(node: WorldNode): boolean {
  return node.downSinceMs === undefined;
}

function capacityOf({ spec }: WorldNode): number {
  return spec.cpus * spec.speed;
}

function afterOneWay({ agenda, network }: World, act: () => void): void {
  agenda.at(agenda.nowMs() + network.rules.delayMs + network.rules.jitterMs, act);
}
