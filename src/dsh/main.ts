#!/usr/bin/env node
/**
 * dsh: runs a command on the best machine of the cluster as if it ran here. This page is the whole
 * program; what only some calls need is loaded when it is needed.
 */
import { writeSync } from 'node:fs';
import { exitStatuses, type Outcome } from '../core/outcome.ts';
import type { Command } from '../core/wire/command.ts';
import type { Result } from '../core/result.ts';
import { findAgentSocket } from './agent-socket.ts';
import { toBytes } from './byte-string.ts';
import { readVariables, readWords } from './caller.ts';
import { dispatch } from './dispatch.ts';
import { finish } from './finish.ts';
import { type ChoiceOptions, parseInvocation, type RunOptions, usage } from './options.ts';
import type { NodeOrder } from './rank.ts';
import { buildCommand, buildRequest } from './request.ts';
import { say } from './say.ts';
import { planTerminal } from './terminal.ts';

/** Put in by the build. */
declare const DSH_VERSION: string;

async function main(): Promise<void> {
  const invocation = parseInvocation(readWords(), {
    shell: process.env['DSH_RSH'],
    coherence: process.env['DSH_COHERENCE'],
    coherenceTimeout: process.env['DSH_COHERENCE_TIMEOUT'],
  });
  if (!invocation.ok) return fail(invocation.reason);
  switch (invocation.value.action) {
    case 'help':
      return print(usage);
    case 'version':
      return print(`dsh ${DSH_VERSION}\n`);
    case 'best':
      return printBest(invocation.value.choice);
    case 'run':
      return finish(await runCopying(invocation.value.options));
  }
}

async function runCopying(options: RunOptions): Promise<Outcome> {
  if (!options.transfer) return run(options);
  const { runWithFiles } = await import('./transfer.ts');
  return runWithFiles(options, options.transfer, run);
}

async function run(options: RunOptions): Promise<Outcome> {
  const variables = readVariables();
  const terminal = planTerminal(options.oneShot ? 'never' : options.terminal, options.noStdin);
  const command = buildCommand(options, variables, terminal);
  if (!command.ok) return notStarted(command.reason);
  const localCommand: Command = { ...command.value, variables: variables.map(toBytes) };
  const order = await orderNodes(options);
  if (!order.ok) return notStarted(order.reason);
  if (options.oneShot) {
    const { runOneShot } = await import('./one-shot.ts');
    return runOneShot({ command: command.value, localCommand, options, order: order.value });
  }
  const request = buildRequest(command.value, options, order.value, variables);
  if (!request.ok) return notStarted(request.reason);
  const socketPath = findAgentSocket(process.env);
  if (!socketPath.ok) return notStarted(socketPath.reason);
  const { noStdin, quiet, verbosity } = options;
  return dispatch({
    socketPath: socketPath.value,
    request: request.value,
    localCommand,
    coherence: command.value.coherence,
    terminal,
    noStdin,
    quiet,
    verbosity,
  });
}

/** Most calls leave the choice to the local daemon, and ask nobody here. */
async function orderNodes({ choice, verbosity }: RunOptions): Promise<Result<NodeOrder>> {
  if (!choice.rank && !choice.daemon) return { ok: true, value: { nodes: [], unmanaged: false } };
  const rank = await import('./rank.ts');
  return rank.orderNodes(choice, verbosity);
}

async function printBest(choice: ChoiceOptions): Promise<void> {
  const { findBest } = await import('./best.ts');
  const best = await findBest(choice);
  return best.ok ? print(`${best.value}\n`) : fail(best.reason);
}

function notStarted(message: string): Outcome {
  return { verdict: 'not-started', reason: 'no-node', message };
}

function print(text: string): void {
  writeSync(1, text);
}

function fail(message: string): never {
  say(message);
  return process.exit(exitStatuses.notStarted);
}

try {
  await main();
} catch (error) {
  fail((error as Error).message);
}
