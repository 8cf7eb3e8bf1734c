/** Daemons with different keys. */
import { type Check, differences, lookedAt, type LookedAt } from '../evidence.ts';

export const key: Check = {
  name: 'key',
  title: 'all nodes have the same key',
  examine: (evidence) =>
    differences(lookedAt(evidence), sealingKey).map(({ node, usualNode }) => ({
      node: node.name,
      what: `the key that its dshd seals with is not that of ${usualNode}`,
      cure: `copy ${node.facts.keyFile.path} from ${usualNode}, mode 0600, then systemctl reload dshd`,
    })),
};

/** While keys are changed a daemon has two, and who seals with either is understood. */
function sealingKey({ facts }: LookedAt): string | undefined {
  const keys = facts.daemon.about?.keys ?? [];
  return keys.length === 1 ? `${keys[0]!.id} ${keys[0]!.print}` : undefined;
}
