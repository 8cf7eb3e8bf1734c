/** An sshd that does not answer. */
import type { Check } from '../evidence.ts';

export const connection: Check = {
  name: 'connection',
  title: 'sshd of the nodes can be reached',
  examine: ({ nodes }) =>
    nodes.flatMap(({ name, destination, reach }) =>
      reach.kind === 'no-connection'
        ? [
            {
              node: name,
              what: `ssh cannot connect to ${destination}: ${reach.detail}`,
              cure: `see that the machine runs, that its sshd does (systemctl status ssh), and that no firewall is in between`,
            },
          ]
        : [],
    ),
};
