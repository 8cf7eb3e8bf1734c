/** Where the user's agent listens. */
import { resolve } from 'node:path';
import type { Result } from '../core/result.ts';
import { checkSocketPath, prepareRuntimeDirectory } from '../node/runtime-directory.ts';

/** $DSH_AGENT, else `agent.sock` in the runtime directory, which is made. */
export function findAgentSocket(environment: NodeJS.ProcessEnv): Result<string> {
  const named = environment['DSH_AGENT'];
  if (named) return checkSocketPath(resolve(named));
  const directory = prepareRuntimeDirectory(environment);
  return directory.ok ? checkSocketPath(`${directory.value}/agent.sock`) : directory;
}
