/** Nodes with different versions of dsh. */
import { type Check, lookedAt } from '../evidence.ts';

export const version: Check = {
  name: 'version',
  title: 'all nodes have the same version',
  examine: (evidence) =>
    lookedAt(evidence).flatMap(({ name, facts: { dshVersion, daemon } }) => {
      const installed = dshVersion ?? evidence.version;
      const running = daemon.about?.version ?? installed;
      if (installed !== evidence.version) {
        const what = `it has dsh ${installed}, and this is ${evidence.version}`;
        return [{ node: name, what, cure: `dshctl setup ${name}` }];
      }
      if (running === installed) return [];
      const what = `dsh ${installed} is installed, but its dshd is still ${running}`;
      return [{ node: name, what, cure: 'restart dshd there: systemctl restart dshd' }];
    }),
};
