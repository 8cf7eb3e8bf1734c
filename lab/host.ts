/** One host of a lab: its programs can be killed and started while the others go on. */
import { readFileSync } from 'node:fs';
import type { HostPlace } from './configuration.ts';
import type { Machine } from './machine.ts';
import { ports } from './network.ts';
import {
  descendantsOf,
  isAlive,
  listProcesses,
  type ProcessIdentity,
  signalProcess,
  waitUntilGone,
} from './process-table.ts';
import { type Program, waitUntilReady } from './program.ts';
import type { ProgramName, RecordedProcess } from './record.ts';
import { settleAll } from './wait.ts';

export type ServerName = Extract<ProgramName, 'sshd' | 'dshd'>;

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
  /** The words that run a command as on that host: in its namespaces, where it has some. */
  words(words: readonly string[]): readonly string[];
  /** All that runs there besides its servers, so far as it can be told from other hosts'. */
  processes(): readonly ProcessIdentity[];
  /** What its status port prints, and what its best port prints. */
  statusTable(): Promise<string>;
  bestNode(): Promise<string>;
}

/** What the hosts of a lab have started, and how to write it down. */
export interface Journal {
  readonly processes: readonly RecordedProcess[];
  record(host: string, program: ProgramName, identity: ProcessIdentity): void;
}

export function createHost(
  place: HostPlace,
  machine: Machine,
  programs: HostPrograms,
  journal: Journal,
): LabHost {
  const { name, directory } = place;

  const mine = (): readonly RecordedProcess[] =>
    journal.processes.filter((each) => each.host === name);

  function running(server: ServerName): ProcessIdentity | undefined {
    return mine().find((each) => each.program === server && isAlive(each));
  }

  async function startServer(server: ServerName): Promise<void> {
    const program = programs[server];
    if (program === undefined || running(server) !== undefined) return;
    const identity = await machine.start(program);
    journal.record(name, server, identity);
    await waitUntilReady(program, identity);
  }

  /** The connections of an sshd that is about to end: they will be nobody's children. */
  function recordSessions(listener: ProcessIdentity): void {
    for (const each of descendantsOf(listProcesses(), [listener])) {
      if (each.pid !== listener.pid) journal.record(name, 'session', each);
    }
  }

  function signalServer(what: ServerName, signal: NodeJS.Signals): readonly ProcessIdentity[] {
    const server = running(what);
    if (server === undefined) return [];
    if (what === 'sshd') recordSessions(server);
    signalProcess(server, signal);
    // A stopped process takes other signals only when it goes on.
    if (signal !== 'SIGSTOP') signalProcess(server, 'SIGCONT');
    return [server];
  }

  async function kill(what: ServerName | 'all', signal: NodeJS.Signals): Promise<void> {
    const targets =
      what === 'all' ? await machine.signalAll(mine(), signal) : signalServer(what, signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await waitUntilGone(targets);
  }

  return {
    ...place,
    socket: `${directory}/dshd.sock`,
    start: () => settleAll([startServer('sshd'), startServer('dshd')]),
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
    words: (words) => machine.words(words),
    processes() {
      const servers = [running('sshd'), running('dshd')].map((each) => each?.pid);
      return machine.processes(mine()).filter(({ pid }) => !servers.includes(pid));
    },
    statusTable: () => machine.readPort(ports.status),
    bestNode: () => machine.readPort(ports.best),
  };
}
