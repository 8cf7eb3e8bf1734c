/** A login that hangs, or takes longer than doctor waits. */
import type { Check } from '../evidence.ts';

export const loginTime: Check = {
  name: 'login-time',
  title: 'a login takes no long',
  examine: ({ nodes }) =>
    nodes.flatMap(({ name, destination, reach }) =>
      reach.kind === 'too-slow'
        ? [
            {
              node: name,
              what: `${destination}: ${reach.detail}`,
              cure: `see what the start-up files of the login shell do (ssh ${destination} true), and whether its home directory hangs`,
            },
          ]
        : [],
    ),
};
