/** Daemons that wait for each other at different ports. */
import { type Check, differences, lookedAt } from '../evidence.ts';

const ports = [
  { what: 'udpPort', option: '--udp-port' },
  { what: 'statusPort', option: '--status-port' },
  { what: 'bestPort', option: '--best-port' },
] as const;

export const portsCheck: Check = {
  name: 'ports',
  title: 'all nodes use the same ports',
  examine: (evidence) =>
    ports.flatMap(({ what, option }) =>
      differences(lookedAt(evidence), ({ facts }) => facts.daemon.about?.[what]).map(
        ({ node, value, usual }) => ({
          node: node.name,
          what: `its dshd has port ${value} (${option}), the others ${usual}`,
          cure: `give it ${option} ${usual}, and restart it`,
        }),
      ),
    ),
};
