/** What both tiers share: hosts with a directory, an address and a daemon each, ended together. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandOptions, type CommandResult, runCommand } from './command.ts';
import {
  clusterFile,
  type HostPlace,
  hostVariables,
  keyFile,
  LAB_VARIABLE,
} from './configuration.ts';
import { daemonProgram, listsNodes } from './dshd.ts';
import { endLab } from './end.ts';
import { createHost, type HostPrograms, type Journal, type LabHost } from './host.ts';
import type { Machine } from './machine.ts';
import { HOSTS_MAX, type Network } from './network.ts';
import { projectDirectory } from './project.ts';
import { type RecordedProcess, writeRecord } from './record.ts';
import { settleAll, waitUntil } from './wait.ts';

export interface LabOptions {
  /** Where everything is kept; it must not exist yet. Default: a new one in the temp folder. */
  readonly directory?: string;
  /** Load weights of the hosts, in order. */
  readonly weights?: readonly number[];
  /** More words for a host's line of the cluster file, such as `cpus=4`. */
  readonly attributes?: (host: string) => string;
  /** More options for a host's dshd. */
  readonly dshdOptions?: (host: string) => readonly string[];
  /** The directory that a host's dshd takes for /proc (`writeProcfs`); `undefined`: the real one. */
  readonly procfs?: (host: string) => string | undefined;
  /** false: no dshd is started. */
  readonly daemons?: boolean;
  /** More lines for the sshd_config of all hosts; they win over the lab's own. */
  readonly sshdOptions?: readonly string[];
  /** How nodes call dshexec. Default: `bin/dshexec` of this project. */
  readonly dshexec?: string;
}

/** How the hosts are reached: what differs between the tiers. */
export interface Tier {
  readonly names: readonly string[];
  /** The value of DSH_RSH. */
  remoteShell(labDirectory: string): string;
  claimNetwork(hosts: number): Promise<Network>;
  /** Prepares the servers of that shell; the function returned says how to start a host's. */
  prepare?(
    labDirectory: string,
    hosts: readonly HostPlace[],
    options: readonly string[],
  ): Promise<(host: HostPlace, machine: Machine) => HostPrograms['sshd']>;
  /** Prepares the machines; the function returned gives a host's. */
  boot(
    labDirectory: string,
    hosts: readonly HostPlace[],
    journal: Journal,
  ): Promise<(host: HostPlace) => Machine>;
}

export interface Lab {
  readonly directory: string;
  readonly remoteShell: string;
  readonly hosts: readonly LabHost[];
  host(name: string): LabHost;
  /** The whole environment of a command run as on that host. */
  environment(name: string): NodeJS.ProcessEnv;
  /** Runs a command as on that host; `options.environment` is added to that host's. */
  runFrom(name: string, words: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Ends all processes and removes the directory; nothing happens the second time. */
  close(): Promise<void>;
}

/** Starts a lab and returns when all serve and know each other; a failure leaves nothing behind. */
export async function startCluster(tier: Tier, options: LabOptions): Promise<Lab> {
  if (tier.names.length < 1 || tier.names.length > HOSTS_MAX) {
    throw new Error(`a lab has 1 to ${HOSTS_MAX} hosts, not ${tier.names.length}`);
  }
  const directory = options.directory ?? join(tmpdir(), 'dsh-lab-XXXXXX');
  checkDirectory(directory, tier.names);
  const network = await tier.claimNetwork(tier.names.length);
  const lab = createLab(tier, options, network.address);
  try {
    await lab.start();
    return lab;
  } catch (error) {
    await lab.close();
    throw error;
  } finally {
    // What listens now holds the network; a host that is killed later loses it to nobody soon.
    await network.release();
  }
}

/** Unix socket paths end at 107 bytes; the words of DSH_RSH and of ssh_config end at a space. */
function checkDirectory(directory: string, names: readonly string[]): void {
  const longest = Math.max(...names.map((name) => `${directory}/${name}/agent.sock`.length));
  if (!/^[\w./@%+=,-]+$/.test(directory) || longest > 107) {
    throw new Error(
      `the lab's directory must be a short path without spaces, not ${directory}: set TMPDIR`,
    );
  }
}

function createLab(
  tier: Tier,
  options: LabOptions,
  address: (number: number) => string,
): Lab & { start(): Promise<void> } {
  const directory = makeDirectory(options.directory);
  const remoteShell = tier.remoteShell(directory);
  const places = tier.names.map((name, index) => ({
    name,
    address: address(index + 1),
    directory: `${directory}/${name}`,
  }));
  const processes: RecordedProcess[] = [];
  const save = (): void => writeRecord(directory, { hosts: places, remoteShell, processes });
  // From here on endLab finds whatever there is to end.
  save();

  const variables = (place: HostPlace): NodeJS.ProcessEnv =>
    hostVariables(directory, place, remoteShell, projectDirectory);
  const hosts: LabHost[] = [];

  function host(name: string): LabHost {
    const found = hosts.find((each) => each.name === name);
    if (!found) throw new Error(`no host ${name}; there are ${tier.names.join(', ')}`);
    return found;
  }

  function environment(name: string): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...variables(host(name)),
      ...(options.dshexec !== undefined && { DSH_EXEC: options.dshexec }),
      [LAB_VARIABLE]: directory,
    };
  }

  async function start(): Promise<void> {
    for (const place of places) mkdirSync(place.directory);
    writeFileSync(`${directory}/cluster`, clusterFile(places, clusterWords(options)));
    const secret = randomBytes(32).toString('hex');
    writeFileSync(keyFile(directory), `1 ${secret}\n`, { mode: 0o600 });
    linkPrograms(`${directory}/bin`);
    const journal = createJournal(processes, save);
    const sshd = await tier.prepare?.(directory, places, options.sshdOptions ?? []);
    const machineOf = await tier.boot(directory, places, journal);
    for (const place of places) {
      const machine = machineOf(place);
      const programs: HostPrograms = {
        sshd: sshd?.(place, machine),
        dshd: options.daemons === false ? undefined : daemon(directory, place, machine, options),
      };
      hosts.push(createHost(place, machine, programs, journal));
    }
    await settleAll(hosts.map((each) => each.start()));
    if (options.daemons === false) return;
    await waitUntil('every dshd to know all hosts', async () => {
      const tables = await Promise.all(hosts.map((each) => each.statusTable()));
      return tables.every((table) => listsNodes(table, places));
    });
  }

  return {
    directory,
    remoteShell,
    hosts,
    host,
    environment,
    runFrom: (name, words, given = {}) =>
      runCommand(host(name).words(words), {
        ...given,
        environment: { ...environment(name), ...given.environment },
      }),
    start,
    close: () => endLab(directory),
  };
}

function createJournal(processes: RecordedProcess[], save: () => void): Journal {
  return {
    processes,
    record(host, program, { pid, startTicks }) {
      processes.push({ host, program, pid, startTicks });
      save();
    },
  };
}

function makeDirectory(wanted: string | undefined): string {
  if (wanted === undefined) return mkdtempSync(join(tmpdir(), 'dsh-lab-'));
  mkdirSync(wanted, { mode: 0o700 });
  return wanted;
}

function clusterWords(options: LabOptions): (host: HostPlace, index: number) => string {
  return ({ name }, index) =>
    [options.weights?.[index], options.attributes?.(name)].filter(Boolean).join(' ');
}

function daemon(
  directory: string,
  place: HostPlace,
  machine: Machine,
  options: LabOptions,
): HostPrograms['dshd'] {
  const procfs = options.procfs?.(place.name);
  return daemonProgram(directory, place, machine, [
    ...(procfs === undefined ? [] : ['--path.procfs', procfs]),
    ...(options.dshdOptions?.(place.name) ?? []),
  ]);
}

/** The programs under the names that an installation gives them. */
function linkPrograms(directory: string): void {
  mkdirSync(directory);
  symlinkSync(`${projectDirectory}/bin/dshexec`, `${directory}/dshexec`);
  symlinkSync(`${projectDirectory}/bin/dsh-masquerade`, `${directory}/dsh-masquerade`);
  symlinkSync(`${projectDirectory}/dist/dsh`, `${directory}/dsh`);
  symlinkSync(`${projectDirectory}/dist/dshd.js`, `${directory}/dshd`);
  symlinkSync(`${projectDirectory}/dist/dshctl.js`, `${directory}/dshctl`);
}
