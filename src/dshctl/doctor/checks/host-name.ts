/** A node's name that leads nowhere. */
import type { Check } from '../evidence.ts';

export const hostName: Check = {
  name: 'host-name',
  title: 'ssh knows where the nodes are',
  examine: ({ nodes }) =>
    nodes.flatMap(({ name, destination, reach }) =>
      reach.kind === 'unknown-name'
        ? [
            {
              node: name,
              what: `ssh does not know a host '${destination}': ${reach.detail}`,
              cure: `correct the name in the cluster file, add it to /etc/hosts or to ~/.ssh/config, or say there ssh=DESTINATION`,
            },
          ]
        : [],
    ),
};
