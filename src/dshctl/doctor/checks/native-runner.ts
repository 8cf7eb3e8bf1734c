/** A node with the runner in TypeScript, which gives a command no terminal and no limits. */
import { type Check, lookedAt } from '../evidence.ts';

export const nativeRunner: Check = {
  name: 'native-runner',
  title: 'commands get terminals and limits',
  examine: (evidence) =>
    lookedAt(evidence).flatMap(({ name, facts }) =>
      facts.dshVersion !== null && !facts.isNative
        ? [
            {
              node: name,
              what: 'the native runner is missing, so commands there get no terminal and no limits',
              cure: 'build dsh there with a C compiler and make, or dshctl setup from a node of its kind',
            },
          ]
        : [],
    ),
};
