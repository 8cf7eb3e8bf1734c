/** One host of a lab: its programs can be killed and started while the others go on. */
import { readFileSync } from 'node:fs';
import type { HostPlace } from './configuration.ts';
import { ports, readPort } from './network.ts';
import {
  descendantsOf,
  freezeTrees,
  isAlive,
  listProcesses,
  type ProcessIdentity,
  signalProcess,
  waitUntilGone,
} from './process-table.ts';
import { type Program, startProgram, waitUntilReady } from './program.ts';
import type { ProgramName, RecordedProcess } from './record.ts';

export type ServerName = Exclude<ProgramName, 'session'>;

/** The servers of a host; in a lab without sshd, or without dshd, that one is `undefined`. */
export type HostPrograms = { readonly [P in ServerName]: Program | undefined };

export interface LabHost extends HostPlace {
  /** The Unix socket of its dshd. */
  readonly socket: string;
  /** Starts those of its servers that do not run, and waits until they serve. */
  start(): Promise<void>;
  startSshd(): Promise<void>;
  startDaemon(): Promise<void>;
  /**
   * Sends a signal, SIGKILL unless told otherwise, and after SIGKILL and SIGTERM waits for the end.
   * `sshd` is the server alone: its connections go on, as OpenSSH's do. `all` is both servers, the
   * connections and all that runs under them, at one blow, as when the power fails.
   */
  kill(what: ServerName | 'all', signal?: NodeJS.Signals): Promise<void>;
  isRunning(server: ServerName): boolean;
  /** The pid of a server that runs; throws when it does not. */
  pid(server: ServerName): number;
  log(server: ServerName): string;
  /** What its status port prints, and what its best port prints. */
  statusTable(): Promise<string>;
  bestNode(): Promise<string>;
}

/** What the hosts of a lab have started, and how to write it down. */
export interface Journal {
  readonly processes: RecordedProcess[];
  save(): void;
}

export function createHost(place: HostPlace, programs: HostPrograms, journal: Journal): LabHost {
  const { name, address, directory } = place;

  function record(program: ProgramName, { pid, startTicks }: ProcessIdentity): void {
    journal.processes.push({ host: name, program, pid, startTicks });
    journal.save();
  }

  const mine = (): readonly RecordedProcess[] =>
    journal.processes.filter((each) => each.host === name);

  function running(server: ServerName): ProcessIdentity | undefined {
    return mine().find((each) => each.program === server && isAlive(each));
  }

  async function startServer(server: ServerName): Promise<void> {
    const program = programs[server];
    if (program === undefined || running(server) !== undefined) return;
    const identity = startProgram(program);
    record(server, identity);
    await waitUntilReady(program, identity);
  }

  /** The connections of an sshd that is about to end: they will be nobody's children. */
  function recordSessions(listener: ProcessIdentity): void {
    for (const each of descendantsOf(listProcesses(), [listener])) {
      if (each.pid !== listener.pid) record('session', each);
    }
  }

  async function kill(what: ServerName | 'all', signal: NodeJS.Signals): Promise<void> {
    const server = what === 'all' ? undefined : running(what);
    if (what === 'sshd' && server !== undefined) recordSessions(server);
    const targets = what === 'all' ? freezeTrees(mine()) : server ? [server] : [];
    for (const target of targets) signalProcess(target, signal);
    // A stopped process takes other signals only when it goes on.
    if (signal !== 'SIGSTOP') for (const target of targets) signalProcess(target, 'SIGCONT');
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await waitUntilGone(targets);
  }

  return {
    ...place,
    socket: `${directory}/dshd.sock`,
    start: async () => {
      await Promise.all([startServer('sshd'), startServer('dshd')]);
    },
    startSshd: () => startServer('sshd'),
    startDaemon: () => startServer('dshd'),
    kill: (what, signal = 'SIGKILL') => kill(what, signal),
    isRunning: (server) => running(server) !== undefined,
    pid(server) {
      const identity = running(server);
      if (!identity) throw new Error(`no ${server} runs on ${name}`);
      return identity.pid;
    },
    log: (server) => readFileSync(`${directory}/${server}.log`, 'utf8'),
    statusTable: () => readPort(address, ports.status),
    bestNode: () => readPort(address, ports.best),
  };
}
