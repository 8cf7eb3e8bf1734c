/** Whatever else an ssh may say. */
import type { Check } from '../evidence.ts';

export const remoteShell: Check = {
  name: 'remote-shell',
  title: 'the remote shell works',
  examine: ({ nodes }) =>
    nodes.flatMap(({ name, destination, reach }) =>
      reach.kind === 'other'
        ? [
            {
              node: name,
              what: `ssh ${destination} failed: ${reach.detail}`,
              cure: `try it by hand: ssh ${destination} node --version`,
            },
          ]
        : [],
    ),
};
