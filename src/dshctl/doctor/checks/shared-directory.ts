/** A directory that is not the same on all nodes: a command would not find its files. */
import { type Check, lookedAt } from '../evidence.ts';

export const sharedDirectory: Check = {
  name: 'shared-directory',
  title: 'the directory is the same on all nodes',
  examine(evidence) {
    const { directory } = evidence;
    const nodes = lookedAt(evidence);
    const here = nodes.find(({ isHere }) => isHere);
    // Another user may not enter what this one has made; the check of users has found that.
    const alike = nodes.filter(({ facts }) => facts.uid === (here?.facts.uid ?? facts.uid));
    return alike.flatMap(({ name, isWritingSeen, facts: { directory: found } }) => {
      if (found.read !== null) {
        const what = `a file written here in ${directory} is not seen there (${found.read})`;
        const cure = `mount the same file system at ${directory} there; or try another by --directory`;
        return [{ node: name, what, cure }];
      }
      if (found.written !== null) {
        const what = `${directory} is seen there, but not writable (${found.written})`;
        return [{ node: name, what, cure: 'mount it rw, and export it rw to that node' }];
      }
      if (isWritingSeen) return [];
      const what = `a file written there in ${directory} is not seen here within 5 s`;
      return [
        {
          node: name,
          what,
          cure: 'see how it is mounted: a file system of its own, or caches that live long',
        },
      ];
    });
  },
};
