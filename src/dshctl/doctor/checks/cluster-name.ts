/** Daemons that take each other for strangers. */
import { type Check, differences, lookedAt } from '../evidence.ts';

export const clusterName: Check = {
  name: 'cluster-name',
  title: 'all nodes are of the same cluster',
  examine: (evidence) =>
    differences(lookedAt(evidence), ({ facts }) => facts.daemon.about?.clusterName).map(
      ({ node, value, usual }) => ({
        node: node.name,
        what: `its dshd is of cluster '${value}', the others of '${usual}'`,
        cure: `give it --cluster-name ${usual}, and restart it`,
      }),
    ),
};
