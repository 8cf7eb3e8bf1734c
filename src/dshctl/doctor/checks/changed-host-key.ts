/** A host key that is another than before: a new machine, or an impostor. */
import type { Check } from '../evidence.ts';

export const changedHostKey: Check = {
  name: 'changed-host-key',
  title: 'the host keys are the known ones',
  examine: ({ nodes }) =>
    nodes.flatMap(({ name, destination, reach }) =>
      reach.kind === 'host-key-changed'
        ? [
            {
              node: name,
              what: `the host key of ${destination} is not the one that ssh knows`,
              cure: `if the machine was set up anew: ssh-keygen -R ${destination}, then ssh ${destination} once and compare the key; if it was not, find out why`,
            },
          ]
        : [],
    ),
};
