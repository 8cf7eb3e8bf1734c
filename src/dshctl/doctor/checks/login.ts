/** An ssh that wants a password. */
import type { Check } from '../evidence.ts';

export const login: Check = {
  name: 'login',
  title: 'ssh logs in without a password',
  examine: ({ nodes }) =>
    nodes.flatMap(({ name, destination, reach }) =>
      reach.kind === 'no-login'
        ? [
            {
              node: name,
              what: `ssh ${destination} does not let you in without a password: ${reach.detail}`,
              cure: `ssh-copy-id ${destination}; is your key there, see that it is loaded (ssh-add -l) and that ~/.ssh is yours alone there (chmod 700)`,
            },
          ]
        : [],
    ),
};
