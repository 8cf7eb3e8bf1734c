/** Everything that is made once: the agent, and its channels. */
import type { Lab } from '../lab/cluster.ts';

/** Runs dsh once to each of these, as from host `from`. */
export async function warmUp(lab: Lab, from: string, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    const { status, stderr } = await lab.runFrom(from, ['dsh', '-H', host, 'true']);
    if (status !== 0) throw new Error(`dsh -H ${host} true: status ${status}: ${stderr.trim()}`);
  }
}
