/**
 * `dshctl drain` and `undrain`: a node is left alone, as long as there is another; or no longer.
 *
 * A daemon takes that from its own administrator only, over a socket that nobody else can open, and no packet of
 * another node can ask for it. So another node is drained by running dshctl there, over ssh.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ADMIN_SUFFIX, type NodeView } from '../core/wire/control.ts';
import { connectAdministrator, type DaemonLink } from '../node/control-client.ts';
import { type Command, createCommand, type ExitStatus, exitStatuses } from './command.ts';
import { remoteDshctl } from './conversation.ts';
import { findNode, withDaemon } from './daemon.ts';
import { print } from './output.ts';
import { readShell } from './shell-options.ts';

export const drain = createDrainCommand('drain');
export const undrain = createDrainCommand('undrain');

function createDrainCommand(verb: 'drain' | 'undrain'): Command {
  return createCommand({
    options: [],
    wordsMin: 0,
    wordsMax: 1,
    notes: `Without NODE, or with this node's name, it is done here: as root, or as the
user that dshd runs as. Else dshctl ${verb} is run on NODE by ssh (DSH_RSH),
as whoever ssh makes you there.`,
    run: ({ words: [name] }) =>
      withDaemon(async (daemon) => {
        const node = await findNode(daemon, name);
        return node.self ? drainHere(daemon, node, verb) : drainThere(node, verb);
      }),
  });
}

async function drainHere(
  { path }: DaemonLink,
  { name }: NodeView,
  verb: 'drain' | 'undrain',
): Promise<ExitStatus> {
  const administrator = await connectAdministrator(path);
  if (!administrator) {
    const who = 'only root and the user that dshd runs as may';
    throw new Error(`cannot ${verb} ${name}: ${path}${ADMIN_SUFFIX} is not open to you; ${who}`);
  }
  try {
    const reply = await administrator.setDraining(verb === 'drain');
    if (reply.op === 'refused') throw new Error(reply.reason);
  } finally {
    administrator.close();
  }
  const isLeft = 'draining: new commands go elsewhere, those that run there go on';
  print(`${name}: ${verb === 'drain' ? isLeft : 'in use again'}\n`);
  return exitStatuses.done;
}

async function drainThere(
  { name, destination }: NodeView,
  verb: 'drain' | 'undrain',
): Promise<ExitStatus> {
  const [program, ...words] = readShell({});
  // Without a name, so that it acts on its own node, whatever it calls that.
  const child = spawn(program!, [...words, destination, remoteDshctl([verb])], {
    stdio: 'inherit',
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status === exitStatuses.done) return exitStatuses.done;
  const cure = `log in there as root and say dshctl ${verb}`;
  throw new Error(`${name}: not done: ${program} ${destination} dshctl ${verb} failed; ${cure}`);
}
