/** The daemon's own choice, asked for and reported on as dsh does. */
import { nodeId } from '../core/cluster.ts';
import { noWishes } from '../core/wire/control.ts';
import { AGENT } from './daemon.ts';
import type { PlacerKind } from './placer.ts';

export const shippedPlacer: PlacerKind = {
  name: '2+2+push',
  daemons: 'with pushes',
  create: (world, traffic) => ({
    place(caller, job, placed) {
      const { daemon } = world.nodes[caller]!;
      const wishes = { ...noWishes, memoryBytes: traffic.statedBytes(job) };
      daemon.ask(AGENT, { op: 'place', wishes, explain: false }, (reply) => {
        if (reply?.op !== 'placed') {
          placed(undefined);
          return;
        }
        const { job: id } = reply;
        const state = daemon.state();
        // A daemon that was started since knows nothing of this job, and numbers its own anew.
        const tell = (op: 'started' | 'ended' | 'unreachable') => (): void => {
          if (daemon.state() === state) daemon.tell(AGENT, { op, job: id });
        };
        placed({
          node: world.indexOf(nodeId(reply.node)),
          started: tell('started'),
          ended: tell('ended'),
          unreachable: tell('unreachable'),
        });
      });
    },
  }),
};

/** The same, but a node's record travels with its ticks only. */
export const shippedWithoutPushes: PlacerKind = {
  ...shippedPlacer,
  name: '2+2',
  daemons: 'without pushes',
};

/** The same, but memory plays no part. */
export const shippedByLoadAlone: PlacerKind = {
  ...shippedPlacer,
  name: '2+2+push, load only',
  isBlindToMemory: true,
};
