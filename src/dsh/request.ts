/** Puts together what the agent is told. */
import { getPriority } from 'node:os';
import { type Command, encodeCommand } from '../core/wire/command.ts';
import { encodeRequest } from '../core/wire/request.ts';
import type { Result } from '../core/result.ts';
import { FRAME_PAYLOAD_BYTES_MAX } from '../core/wire/frame.ts';
import { toBytes } from './byte-string.ts';
import { readDirectory, readSession, readUmask } from './caller.ts';
import { selectForShell, selectTravelling } from './environment.ts';
import { readLimits } from './limits.ts';
import type { RunOptions } from './options.ts';
import type { NodeOrder } from './rank.ts';
import type { TerminalPlan } from './terminal.ts';

/** The command as it runs on another node. */
export function buildCommand(
  { command, timeoutMs, keepOutput }: RunOptions,
  variables: readonly string[],
  { terminals, devNull, window, modes }: TerminalPlan,
): Result<Command> {
  const directory = readDirectory(variables);
  if (!directory.ok) return directory;
  return {
    ok: true,
    value: {
      arguments: command.map(toBytes),
      variables: selectTravelling(variables),
      directory: directory.value,
      umask: readUmask(),
      nice: getPriority(),
      limits: readLimits(),
      terminals,
      closed: 0,
      devNull,
      window,
      modes,
      timeoutMs,
      keepOutput,
      // Node sets all back when it starts, and what they were is not to be known.
      ignoredSignals: 0,
    },
  };
}

export function buildRequest(
  command: Command,
  options: RunOptions,
  order: NodeOrder,
  variables: readonly string[],
): Result<Uint8Array> {
  const { choice } = options;
  const request = encodeRequest({
    command: encodeCommand(command),
    only: choice.only,
    exclude: choice.exclude,
    order: order.nodes,
    cpus: choice.cpus,
    memoryBytes: choice.memoryBytes,
    session: readSession(),
    verbosity: options.verbosity,
    requireCluster: choice.requireCluster,
    remoteShell: options.remoteShell,
    retries: options.retries,
    unmanaged: order.unmanaged,
    shellVariables: selectForShell(variables),
    // The native client alone traces: of this one the start of Node is all there is to see.
    traceBegunUs: 0,
    callerPid: process.pid,
  });
  if (request.byteLength <= FRAME_PAYLOAD_BYTES_MAX) return { ok: true, value: request };
  const reason =
    `the arguments and the environment take ${request.byteLength} bytes; ` +
    `at most ${FRAME_PAYLOAD_BYTES_MAX} can be sent`;
  return { ok: false, reason };
}
