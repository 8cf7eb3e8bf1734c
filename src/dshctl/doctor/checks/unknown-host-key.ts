/** A host key that nobody has accepted yet, which an unattended ssh does not do. */
import type { Check } from '../evidence.ts';

export const unknownHostKey: Check = {
  name: 'unknown-host-key',
  title: 'the host keys are known',
  examine: ({ nodes }) =>
    nodes.flatMap(({ name, destination, reach }) =>
      reach.kind === 'host-key-unknown'
        ? [
            {
              node: name,
              what: `the host key of ${destination} is not known here`,
              cure: `ssh ${destination} once by hand and compare the key, or put it into /etc/ssh/ssh_known_hosts for all users`,
            },
          ]
        : [],
    ),
};
