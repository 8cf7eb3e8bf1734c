/** ssh as it comes, and ssh with a master connection that is warm. */
import type { Lab } from '../../lab/cluster.ts';

/** A connection for each command. */
export function plainSsh(lab: Lab): readonly string[] {
  return ['ssh', '-n', '-F', `${lab.directory}/ssh_config`];
}

/** Sessions of the master connections that `openMasters` has made. */
export function multiplexedSsh(lab: Lab): readonly string[] {
  return [...plainSsh(lab), '-o', `ControlPath=${controlPath(lab)}`];
}

/** Connects from host `from` to the others named; ControlPersist keeps the masters. */
export async function openMasters(lab: Lab, from: string, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    const options = ['-o', 'ControlMaster=yes', '-o', 'ControlPersist=yes'];
    const words = [...multiplexedSsh(lab), ...options, host, 'true'];
    const { status, stderr } = await lab.runFrom(from, words);
    if (status !== 0) throw new Error(`ssh ${host}: no master connection: ${stderr.trim()}`);
  }
}

/** The masters end with the lab, whose processes they are. */
function controlPath(lab: Lab): string {
  return `${lab.directory}/%n.master`;
}
