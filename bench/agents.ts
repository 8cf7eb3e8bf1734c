/** What dsh has running on the hosts of a lab. */
import type { HostPlace } from '../lab/configuration.ts';
import { findByArguments, type ProcessIdentity } from '../lab/process-table.ts';

/** The agent of a host, if one runs. */
export function findAgents({ directory }: HostPlace): readonly ProcessIdentity[] {
  return findByArguments(
    (words) => words[words.indexOf('--agent') + 1] === `${directory}/agent.sock`,
  );
}
