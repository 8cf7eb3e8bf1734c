/** The daemon of this machine, which most subcommands ask. */
import type { NodeView } from '../core/wire/control.ts';
import { connectDaemon, type DaemonLink, daemonSocketPath } from '../node/control-client.ts';
import { exitStatuses, failure } from './command.ts';

/** Closes the connection when `ask` is done; throws where no daemon answers. */
export async function withDaemon<Answer>(
  ask: (daemon: DaemonLink) => Promise<Answer>,
): Promise<Answer> {
  const paths = daemonSocketPath(process.env);
  const daemon = await connectDaemon(paths);
  if (!daemon) {
    const where = paths.join(' or ');
    const cure = 'start it, or name its socket by DSH_SOCKET';
    throw failure(`no dshd answers at ${where}; ${cure}`, exitStatuses.noDaemon);
  }
  try {
    return await ask(daemon);
  } finally {
    daemon.close();
  }
}

/** The node of that name, or without one this machine; throws where there is none. */
export async function findNode(daemon: DaemonLink, name: string | undefined): Promise<NodeView> {
  const nodes = await daemon.nodes();
  const found = nodes.find((node) => (name === undefined ? node.self : node.name === name));
  if (found) return found;
  throw failure(`${name}: no node of the cluster has that name`, exitStatuses.misuse);
}
