/**
 * The embedded tier: daemons on loopback addresses as in the loopback tier, but commands reach their
 * node by `direct-shell`, which starts them right here. Needs Node.js alone.
 */
import { type Lab, type LabOptions, startCluster } from './cluster.ts';
import { shellQuote } from './configuration.ts';
import { createLocalMachine } from './machine.ts';
import { claimNetwork } from './network.ts';
import { projectDirectory } from './project.ts';

export interface EmbeddedOptions extends LabOptions {
  readonly names: readonly string[];
}

export function startEmbeddedLab(options: EmbeddedOptions): Promise<Lab> {
  const shell = shellQuote(`${projectDirectory}/lab/direct-shell`);
  return startCluster(
    {
      names: options.names,
      remoteShell: () => shell,
      claimNetwork,
      boot: async () => (host) => createLocalMachine(host.address),
    },
    options,
  );
}
