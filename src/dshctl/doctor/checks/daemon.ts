/** A node that takes no part. */
import { type Check, lookedAt } from '../evidence.ts';

export const daemon: Check = {
  name: 'daemon',
  title: 'dshd runs',
  examine: (evidence) =>
    lookedAt(evidence).flatMap(({ name, facts: { daemon: found } }) => {
      const where = found.sockets.join(' or ');
      if (found.state === 'absent') {
        return [
          {
            node: name,
            what: `no dshd answers at ${where}`,
            cure: 'start it: systemctl start dshd, or dshd -b; it says why it cannot',
          },
        ];
      }
      if (found.state === 'answers') return [];
      return [
        {
          node: name,
          what: `dshd at ${where} gives no answer`,
          cure: 'it is stopped, or the machine is in want of memory: restart it, systemctl restart dshd',
        },
      ];
    }),
};
