/**
 * A command over a remote shell of its own, as the original dsh ran all: a lock file is made, the
 * node's dshexec waits until it sees it, runs the command and removes it, and dsh waits for the
 * remote shell and for the file to be gone. So files that the command wrote can be seen here.
 */
import { hostname } from 'node:os';
import type { Outcome } from '../core/outcome.ts';
import { formatRanking } from '../core/ranking-text.ts';
import type { Command } from '../core/wire/command.ts';
import { connectDaemon, type DaemonLink } from '../node/control-client.ts';
import { createLabel } from './label.ts';
import type { RunOptions } from './options.ts';
import type { NodeOrder } from './rank.ts';
import { describeOutcome } from './outcome-text.ts';
import { runHere } from './run-here.ts';
import { runOverShell, type ShellAttempt } from './remote-shell.ts';
import { say } from './say.ts';
import { catchSignals } from './signals.ts';

export interface OneShot {
  /** As it is sent to a node. */
  readonly command: Command;
  /** As it runs here. */
  readonly localCommand: Command;
  readonly options: RunOptions;
  readonly order: NodeOrder;
}

export async function runOneShot(call: OneShot): Promise<Outcome> {
  if (call.order.unmanaged) return followOrder(call);
  const daemon = await connectDaemon();
  if (!daemon) return runAlone(call);
  try {
    return await followDaemon(call, daemon);
  } finally {
    // It was the lease of whatever is not ended yet.
    daemon.close();
  }
}

async function followOrder(call: OneShot): Promise<Outcome> {
  let outcome = noNode('no node was named');
  for (const destination of call.order.nodes) {
    showNode(call, destination);
    const attempt = await runOverShell({ ...call, destination, onStarted() {} });
    if (attempt.kind === 'ended') return attempt.outcome;
    outcome = noNode(attempt.reason);
  }
  return outcome;
}

async function followDaemon(call: OneShot, daemon: DaemonLink): Promise<Outcome> {
  const { only, exclude, cpus, memoryBytes } = call.options.choice;
  const tried = new Set(exclude);
  const label = createLabel(call.command.arguments, process.env['DSH_SHOW'], process.pid);
  let failure: Outcome | undefined;
  for (;;) {
    const wishes = { only, exclude: [...tried], order: call.order.nodes, cpus, memoryBytes };
    const placed = await daemon.place(wishes, call.options.verbosity > 1, label);
    for (const line of formatRanking(placed.ranking)) say(line);
    if (placed.op === 'refused') return failure ?? noNode(placed.reason);
    const { job, node, destination } = placed;
    if (tried.has(node)) return failure ?? noNode(`${node} is excluded`);
    tried.add(node);
    showNode(call, node);
    const onStarted = (): void => daemon.started(job);
    const attempt: ShellAttempt = placed.here
      ? { kind: 'ended', outcome: await runLocally(call, onStarted) }
      : await runOverShell({ ...call, destination, onStarted });
    if (attempt.kind === 'ended') {
      daemon.ended(job, describeOutcome(attempt.outcome));
      return attempt.outcome;
    }
    daemon.unreachable(job);
    failure = noNode(attempt.reason);
  }
}

/** Names mean nothing without a daemon, so a wish for some is not ignored. */
function runAlone(call: OneShot): Promise<Outcome> | Outcome {
  const { choice, quiet } = call.options;
  if (choice.requireCluster || choice.only.length > 0) return noNode('no dshd answers');
  if (!quiet) say('no dshd answers; running here');
  showNode(call, hostname());
  return runLocally(call, () => {});
}

async function runLocally(call: OneShot, onStarted: () => void): Promise<Outcome> {
  const local = runHere(call.localCommand, call.options.noStdin);
  const stopSignals = catchSignals(local.signal);
  onStarted();
  const outcome = await local.outcome;
  stopSignals();
  return outcome;
}

function showNode(call: OneShot, name: string): void {
  if (call.options.verbosity > 0) say(name);
}

function noNode(message: string): Outcome {
  return { verdict: 'not-started', reason: 'no-node', message };
}
