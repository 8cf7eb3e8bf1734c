/** Limits of a login under which a build breaks. */
import { type Check, lookedAt } from '../evidence.ts';

const limits = [
  { what: 'files', name: 'open files', option: 'nofile', least: 1024 },
  { what: 'processes', name: 'processes', option: 'nproc', least: 1024 },
] as const;

export const limitsCheck: Check = {
  name: 'limits',
  title: 'a login may open enough files and start enough processes',
  examine: (evidence) =>
    lookedAt(evidence).flatMap(({ name, facts }) =>
      limits.flatMap((limit) => {
        const value = facts.limits[limit.what];
        if (value < 0 || value >= limit.least) return [];
        return [
          {
            node: name,
            what: `a login there has at most ${value} ${limit.name}`,
            cure: `raise ${limit.option} to ${limit.least} or more in /etc/security/limits.conf there`,
          },
        ];
      }),
    ),
};
