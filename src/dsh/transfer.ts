/**
 * Files for a command on a node that does not share the directory: sent before it, fetched after it,
 * and removed there if wanted. rsync carries them, with dsh itself as its remote shell, so that all
 * goes over the warm connection. The directory is made there if it is missing.
 */
import { lstatSync } from 'node:fs';
import type { Outcome } from '../core/outcome.ts';
import type { Result } from '../core/result.ts';
import { connectDaemon } from '../node/control-client.ts';
import { toText } from './byte-string.ts';
import { readDirectory, readVariables } from './caller.ts';
import type { TransferOptions } from './file-options.ts';
import type { RunOptions } from './options.ts';
import { createPlace } from './place.ts';
import { Interrupted } from './run-program.ts';
import { say } from './say.ts';
import { signalNumber } from './signals.ts';

type Run = (options: RunOptions) => Promise<Outcome>;

/** @param run runs the command on the nodes that its options name. */
export async function runWithFiles(
  options: RunOptions,
  transfer: TransferOptions,
  run: Run,
): Promise<Outcome> {
  try {
    return await runOnNode(options, transfer, run);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return { verdict: 'signalled', signal: signalNumber(error.signal) };
  }
}

async function runOnNode(
  options: RunOptions,
  transfer: TransferOptions,
  run: Run,
): Promise<Outcome> {
  // Wherever it will run: a wrong name must not depend on that.
  const absent = [...transfer.base, ...transfer.send].map(toText).find((file) => !isHere(file));
  if (absent !== undefined) return incoherent(`cannot send ${absent}: there is no such file here`);
  const node = await chooseNode(options);
  if (!node.ok) return notStarted(node.reason);
  if (node.value === undefined) return run(options);
  const choice = { ...options.choice, only: [node.value], rank: undefined };
  const directory = readDirectory(readVariables());
  if (!directory.ok) return notStarted(directory.reason);
  const place = createPlace(node.value, directory.value, options.remoteShell);
  const prepared = await place.prepare();
  if (!prepared.ok) return notStarted(prepared.reason);
  if (prepared.value === 'shared') {
    if (!options.quiet) say(`${node.value} shares ${place.directory}: no file is sent or removed`);
    return run({ ...options, choice });
  }
  const sent = await place.send([...transfer.base, ...transfer.send]);
  const outcome = sent.ok ? await run({ ...options, choice }) : incoherent(sent.reason);
  const fetched = sent.ok ? await place.fetch(transfer.fetch) : sent;
  if (transfer.cleanup) {
    const removed = await place.remove([...transfer.send, ...transfer.fetch]);
    if (!removed.ok) say(removed.reason);
  }
  if (fetched.ok || !sent.ok) return outcome;
  if (outcome.verdict === 'exited' && outcome.status === 0) return incoherent(fetched.reason);
  // The command's own failure says more, and mostly explains this one.
  say(fetched.reason);
  return outcome;
}

/** A link that leads nowhere is copied as one, and of what may not be looked at rsync says more. */
function isHere(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch (error) {
    return !['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code!);
  }
}

/** The name of another node, or undefined where the command runs here. */
async function chooseNode({ choice, verbosity }: RunOptions): Promise<Result<string | undefined>> {
  if (choice.rank || choice.daemon) {
    const rank = await import('./rank.ts');
    const order = await rank.orderNodes(choice, verbosity);
    if (!order.ok) return order;
    return { ok: true, value: order.value.nodes[0] };
  }
  const daemon = await connectDaemon();
  if (!daemon) return { ok: true, value: undefined };
  const { only, exclude, cpus, memoryBytes } = choice;
  const placed = await daemon.place({ only, exclude, order: [], cpus, memoryBytes }, false);
  // The reservation ends with the connection: the call that runs the command makes its own.
  daemon.close();
  if (placed.op === 'refused') return { ok: false, reason: placed.reason };
  return { ok: true, value: placed.here ? undefined : placed.node };
}

function incoherent(message: string): Outcome {
  return { verdict: 'not-started', reason: 'incoherent', message };
}

function notStarted(message: string): Outcome {
  return { verdict: 'not-started', reason: 'no-node', message };
}
