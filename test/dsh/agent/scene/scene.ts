/** An agent with a daemon and nodes around it, all of them real processes or sockets. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Request } from '../../../../src/core/wire/request.ts';
import { type Agent, startAgent } from '../../../../src/dsh/agent/main.ts';
import { bundleProgram } from './bundle.ts';
import { type Client, connectClient, requestShell } from './client.ts';
import { type Daemon, startDaemon } from './daemon.ts';

export interface Programs {
  readonly directory: string;
  readonly remoteShell: string;
  /** The command of the real runner. */
  readonly runner: string;
  /** One line for each call of the remote shell: the node, and SSH_AUTH_SOCK as it was seen. */
  readonly callsFile: string;
  /** Holds the process id of the last remote shell to the node `hung`. */
  readonly hungPidFile: string;
  remove(): void;
}

/**
 * The programs behind the nodes. A node's name says how it behaves: the names of odd-runner.ts,
 * those below, and any other name for a node that works.
 */
export async function makePrograms(): Promise<Programs> {
  const directory = mkdtempSync(join(tmpdir(), 'dsh-agent-'));
  const runner = await bundleProgram('src/dshexec/main.ts', directory);
  const odd = await bundleProgram('test/dsh/agent/scene/odd-runner.ts', directory);
  const remoteShell = join(directory, 'remote-shell');
  const callsFile = join(directory, 'calls');
  const hungPidFile = join(directory, 'hung-pid');
  writeFileSync(
    remoteShell,
    `#!/bin/sh
node=$1
shift
echo "$node $SSH_AUTH_SOCK" >> ${callsFile}
case $node in
  refusing) echo "ssh: connect to host refusing port 22: Connection refused" >&2; exit 255 ;;
  hung) echo $$ > ${hungPidFile}; exec sleep 1000 ;;
  noisy) echo "Welcome to $node!"; exec sh -c "$*" ;;
  roaring) exec cat /dev/zero ;;
  nologin) echo "This account is currently not available."; exit 1 ;;
  dies-*|answers-*|speaks-*|sends-*|stamps-*|talks-*) exec ${odd} "$node" ;;
  *) exec sh -c "$*" ;;
esac
`,
  );
  chmodSync(remoteShell, 0o755);
  const remove = (): void => rmSync(directory, { recursive: true });
  return { directory, remoteShell, runner, callsFile, hungPidFile, remove };
}

export interface Scene {
  readonly agent: Agent;
  readonly daemon: Daemon;
  readonly socketPath: string;
  readonly daemonPath: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Connects a client and sends its request. */
  run(script: string, wishes?: Partial<Request>, directory?: string): Client;
  close(): Promise<void>;
}

let lastScene = 0;

export async function startScene(
  programs: Programs,
  nodes: readonly string[],
  connectTimeoutMs = 10_000,
): Promise<Scene> {
  lastScene += 1;
  const daemonPath = join(programs.directory, `dshd-${lastScene}`);
  const socketPath = join(programs.directory, `agent-${lastScene}`);
  const daemon = await startDaemon(daemonPath, nodes);
  const environment = { ...process.env, DSH_SOCKET: daemonPath, DSH_EXEC: programs.runner };
  const agent = await startAgent({ socketPath, environment, connectTimeoutMs });
  return {
    agent,
    daemon,
    socketPath,
    daemonPath,
    environment,
    run(script, wishes, directory) {
      const client = connectClient(socketPath);
      const remoteShell = [programs.remoteShell];
      client.send(requestShell(script, { remoteShell, ...wishes }, directory));
      return client;
    },
    async close() {
      agent.end();
      await agent.ended;
      await daemon.close();
    },
  };
}
