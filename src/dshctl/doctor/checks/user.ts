/** The same user with another number: files would belong to somebody else. */
import { type Check, differences, lookedAt } from '../evidence.ts';

export const user: Check = {
  name: 'user',
  title: 'you are the same user everywhere',
  examine: (evidence) =>
    differences(lookedAt(evidence), ({ facts }) => facts.uid).map(
      ({ node, value, usual, usualNode }) => ({
        node: node.name,
        what: `you are user ${value} (${node.facts.user}) there, and ${usual} on ${usualNode}`,
        cure: `log in as the same user (ssh=USER@${node.name} in the cluster file), with the same number: usermod -u ${usual}, or one directory (LDAP)`,
      }),
    ),
};
