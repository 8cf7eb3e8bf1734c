/** Starts the agent as a process of its own, which outlives this one. */
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const { O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;

export interface StartedAgent {
  /** Why there will be no agent, once that is known. */
  failure(): string | undefined;
}

export function startAgentProcess(socketPath: string): StartedAgent {
  const logPath = `${socketPath}.log`;
  // Not where a link leads: it is emptied.
  const log = openSync(logPath, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  let failure: string | undefined;
  // Beside this program, wherever a link to it is.
  const program = join(dirname(realpathSync(process.argv[1]!)), 'agent.cjs');
  const agent = spawn(process.execPath, [program, '--agent', socketPath], {
    cwd: '/',
    // A session of its own: no ^C, and no hang-up of the terminal in which it was started.
    detached: true,
    stdio: ['ignore', 'ignore', log],
  });
  closeSync(log);
  agent.on('error', (error) => {
    failure = `the agent could not be started: ${error.message}`;
  });
  agent.on('exit', (status, signal) => {
    const lastLine = readFileSync(logPath, 'utf8').trimEnd().split('\n').at(-1);
    const end = lastLine?.replace(/^dsh: /, '') || `status ${status ?? signal}`;
    failure = `the agent did not start: ${end}`;
  });
  agent.unref();
  return { failure: () => failure };
}
