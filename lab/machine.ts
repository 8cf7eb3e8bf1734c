/** Where the programs of a host run, and how they are reached: what differs between the tiers. */
import { acceptsConnections, readPort } from './network.ts';
import {
  descendantsOf,
  freeze,
  listProcesses,
  type ProcessIdentity,
  signalProcess,
} from './process-table.ts';
import { type Program, startProgram } from './program.ts';

export interface Machine {
  /** The words that run a command there, in the directory and environment that they are given. */
  words(words: readonly string[]): readonly string[];
  /** Starts a server there; the identity is that of the server itself. */
  start(program: Program): Promise<ProcessIdentity>;
  /** What the host's own port prints, and whether somebody listens there. */
  readPort(port: number): Promise<string>;
  acceptsConnections(port: number): Promise<boolean>;
  /** Everything that runs there; `recorded` are the host's own servers and their sessions. */
  processes(recorded: readonly ProcessIdentity[]): readonly ProcessIdentity[];
  /** Sends a signal to all of these, at one blow, and returns them. */
  signalAll(
    recorded: readonly ProcessIdentity[],
    signal: NodeJS.Signals,
  ): Promise<readonly ProcessIdentity[]>;
}

/** This machine, under an address of the host's own: what descends from its servers is its own. */
export function createLocalMachine(address: string): Machine {
  const processes: Machine['processes'] = (recorded) => descendantsOf(listProcesses(), recorded);
  return {
    words: (words) => words,
    start: async (program) => startProgram(program),
    readPort: (port) => readPort(address, port),
    acceptsConnections: (port) => acceptsConnections(address, port),
    processes,
    async signalAll(recorded, signal) {
      const targets = freeze(() => processes(recorded));
      for (const target of targets) signalProcess(target, signal);
      // A stopped process takes other signals only when it goes on.
      if (signal !== 'SIGSTOP') for (const target of targets) signalProcess(target, 'SIGCONT');
      return targets;
    },
  };
}
