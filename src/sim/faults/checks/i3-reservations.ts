/** I3: soon after the last fault, what is reserved at each node is what its dispatchers have there. */
import { countOwnJobs, countReserved } from '../../views.ts';
import type { Check } from '../check.ts';

export const checkReservations: Check = ({ world, violate }) => ({
  onSettled() {
    for (const target of world.nodes) {
      for (const origin of world.nodes) {
        const reserved = countReserved(target.daemon.state()!, origin.node.id);
        const live =
          origin.index === target.index
            ? reserved
            : countOwnJobs(origin.daemon.state()!, target.node.id);
        if (reserved === live) continue;
        const names = `${target.node.name} for ${origin.node.name}`;
        violate('I3', `${reserved} jobs are reserved on ${names}, which has ${live} there`);
      }
    }
  },
});
