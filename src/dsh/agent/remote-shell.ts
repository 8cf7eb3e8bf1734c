/** How a runner is called on a node: the words of one ssh, or of another remote shell. */
import { basename } from 'node:path';
import { dshexecCommand } from '../../core/dshexec-command.ts';
import { unattendedSshOptions } from '../../node/unattended-ssh.ts';

export interface ChannelTarget {
  /** The node's name, for messages. */
  readonly node: string;
  /** What the remote shell calls it. */
  readonly destination: string;
  /** The remote shell with its own options; empty: ssh. */
  readonly remoteShell: readonly string[];
  /** The remote shell's environment. DSH_EXEC is the command by which nodes call dshexec. */
  readonly environment: NodeJS.ProcessEnv;
}

/** Throws where the destination would be taken for an option; some are named by other hosts. */
export function remoteShellWords(target: ChannelTarget): [string, ...string[]] {
  if (!/^[^-]/.test(target.destination)) {
    throw new Error(`'${target.destination}' is no destination: it is empty or begins with '-'`);
  }
  const [program = 'ssh', ...options] = target.remoteShell;
  if (basename(program) === 'ssh') options.push(...unattendedSshOptions);
  return [program, ...options, target.destination, `${runnerCommand(target)} --serve`];
}

/** Commands whose targets have the same key can share a channel. */
export function targetKey(target: ChannelTarget): string {
  return JSON.stringify([target.remoteShell, target.destination, runnerCommand(target)]);
}

function runnerCommand(target: ChannelTarget): string {
  return dshexecCommand(target.environment['DSH_EXEC']);
}
