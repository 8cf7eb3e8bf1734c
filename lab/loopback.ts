/**
 * The loopback tier: N hosts h1 to hN on one machine, each an address of 127.0.0.0/8 with a real
 * sshd and a dshd of its own. Needs OpenSSH's server and client, and no root.
 */
import { type Lab, type LabOptions, startCluster } from './cluster.ts';
import { createLocalMachine } from './machine.ts';
import { claimNetwork } from './network.ts';
import { prepareSshd } from './sshd.ts';

export interface LoopbackOptions extends LabOptions {
  readonly hosts: number;
}

export function startLoopbackLab(options: LoopbackOptions): Promise<Lab> {
  return startCluster(
    {
      names: Array.from({ length: options.hosts }, (_, index) => `h${index + 1}`),
      remoteShell: (directory) => `ssh -F ${directory}/ssh_config`,
      claimNetwork,
      boot: async () => (host) => createLocalMachine(host.address),
      prepare: prepareSshd,
    },
    options,
  );
}
