/** A Node.js that is too old for dsh. */
import { type Check, lookedAt } from '../evidence.ts';

/** `engines` of package.json. */
const LEAST = [20, 19] as const;

export const nodeVersion: Check = {
  name: 'node-version',
  title: 'Node.js is new enough',
  examine: (evidence) =>
    lookedAt(evidence).flatMap(({ name, facts: { nodeVersion: version } }) =>
      isOld(version)
        ? [
            {
              node: name,
              what: `its Node.js is ${version}; dsh needs ${LEAST.join('.')} or later`,
              cure: `install a newer one there, first in the PATH of a login`,
            },
          ]
        : [],
    ),
};

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]);
}
