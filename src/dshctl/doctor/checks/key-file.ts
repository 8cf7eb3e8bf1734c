/** A key that is missing, or that others may read. */
import { type Check, lookedAt, type LookedAt } from '../evidence.ts';

export const keyFile: Check = {
  name: 'key-file',
  title: "the key is the daemon's alone",
  examine(evidence) {
    const nodes = lookedAt(evidence);
    const example = nodes.find(({ facts }) => facts.daemon.about?.trust === 'key');
    return nodes.flatMap((node) => {
      const { path, mode } = node.facts.keyFile;
      if (mode !== undefined && (mode & 0o077) !== 0) {
        const shown = mode.toString(8).padStart(4, '0');
        const what = `others may use the key ${path} (mode ${shown}); dshd refuses it at its next start`;
        return [{ node: node.name, what, cure: `chmod 600 ${path}, and a new key if it was read` }];
      }
      return findMissing(node, example);
    });
  },
};

function findMissing(node: LookedAt, example: LookedAt | undefined): ReturnType<Check['examine']> {
  const { about } = node.facts.daemon;
  if (!about || about.trust === 'key' || !example) return [];
  return [
    {
      node: node.name,
      what: `its dshd has no key, and that of ${example.name} has one: they do not hear each other`,
      cure: `copy ${example.facts.keyFile.path} of ${example.name} to ${about.keyFile}, the owner the daemon's user, mode 0600`,
    },
  ];
}
