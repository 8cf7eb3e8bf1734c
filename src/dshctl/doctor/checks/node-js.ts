/** A node without Node.js. */
import type { Check } from '../evidence.ts';

export const nodeJs: Check = {
  name: 'node-js',
  title: 'Node.js is there',
  examine: ({ nodes }) =>
    nodes.flatMap(({ name, destination, reach }) =>
      reach.kind === 'no-node-js'
        ? [
            {
              node: name,
              what: `${destination} has no program node in the PATH of a login: ${reach.detail}`,
              cure: `install Node.js 20.19 or later there (apt-get install nodejs), or set PATH in a file that non-interactive logins read`,
            },
          ]
        : [],
    ),
};
