/** A node where dsh cannot start commands. */
import { type Check, lookedAt } from '../evidence.ts';

export const runner: Check = {
  name: 'runner',
  title: 'dshexec is found',
  examine: (evidence) =>
    lookedAt(evidence).flatMap(({ name, facts }) =>
      facts.dshVersion === null
        ? [
            {
              node: name,
              what: 'dshexec is not found there, or does not run',
              cure: `dshctl setup ${name} installs it; is it there already, set DSH_EXEC to its path`,
            },
          ]
        : [],
    ),
};
