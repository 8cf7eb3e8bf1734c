/** GNU parallel over ssh, with and without its use of ControlMaster. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Lab } from '../../lab/cluster.ts';

/** The words up to the command, for a shell; `atATime` slots are spread over the nodes. */
export function parallelCommand(
  lab: Lab,
  nodes: readonly string[],
  atATime: number,
  isMultiplexed: boolean,
): string {
  const home = `${lab.directory}/parallel`;
  mkdirSync(home, { recursive: true });
  // Else each run asks to be cited.
  writeFileSync(`${home}/will-cite`, '');
  // One word: the master connection is not started through a shell, and would silently be missing.
  const ssh = `#!/bin/sh\nexec ssh -F ${lab.directory}/ssh_config "$@"\n`;
  writeFileSync(`${home}/ssh`, ssh, { mode: 0o755 });
  const slots = Math.ceil(atATime / nodes.length);
  return [
    `PARALLEL_HOME=${home} parallel`,
    `--ssh ${home}/ssh`,
    isMultiplexed ? '--controlmaster' : '',
    `-S ${nodes.map((node) => `${slots}/${node}`).join(',')}`,
  ].join(' ');
}
