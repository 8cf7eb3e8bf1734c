/**
 * The netns tier: N hosts h1 to hN on one machine, each with its own network, host name, processes
 * and, if wanted, CPU quota, joined by cables that can be cut. Needs root, iproute2 and OpenSSH.
 */
import { writeFileSync } from 'node:fs';
import { type Lab, type LabOptions, startCluster, type Tier } from './cluster.ts';
import { LAB_VARIABLE } from './configuration.ts';
import type { Journal, LabHost } from './host.ts';
import { createNetnsMachine, startInit, writeEntrance } from './netns-machine.ts';
import { connectHost, netnsNetwork, setCable, startWire } from './netns-wire.ts';
import type { ProcessIdentity } from './process-table.ts';
import { createQuotas } from './quota.ts';
import type { LabRecord } from './record.ts';
import { prepareSshd } from './sshd.ts';

export interface NetnsOptions extends LabOptions {
  readonly hosts: number;
  /** What they are called, if not h1 to hN. */
  readonly names?: readonly string[];
  /** What each host may use; 100 is one CPU. Without it, all that the machine has. */
  readonly quotaPercent?: number | undefined;
}

export interface NetnsHost extends LabHost {
  /** Packets to and from the host are lost from now on; nobody is told. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export interface NetnsLab extends Lab {
  readonly hosts: readonly NetnsHost[];
  host(name: string): NetnsHost;
}

export async function startNetnsLab(options: NetnsOptions): Promise<NetnsLab> {
  if (process.getuid?.() !== 0) {
    throw new Error('a netns lab makes namespaces, which needs root: run it as root');
  }
  let wire: number;
  const lab = await startCluster(
    {
      names: options.names ?? Array.from({ length: options.hosts }, (_, index) => `h${index + 1}`),
      remoteShell: (directory) => `ssh -F ${directory}/ssh_config`,
      claimNetwork: async () => netnsNetwork,
      async boot(directory, places, journal) {
        wire = await startOwnWire(directory, journal);
        return bootHosts(directory, places, journal, { wire, ...options });
      },
      prepare: prepareSshd,
    },
    options,
  );

  const hosts = lab.hosts.map((host) => ({
    ...host,
    cut: () => setCable(wire, host.name, 'down'),
    mend: () => setCable(wire, host.name, 'up'),
  }));
  // What `lab.host` finds, or says of a name that it does not know, holds for these as well.
  const host = (name: string): NetnsHost =>
    hosts.find((each) => each.name === lab.host(name).name)!;
  return { ...lab, hosts, host };
}

export function isInNamespaces(record: LabRecord): boolean {
  return record.processes.some(({ program }) => program === 'wire');
}

/** The machine of a host, and the wire, of a lab that another program has started. */
export function findInRecord(
  record: LabRecord,
  program: 'machine' | 'wire',
  host: string,
): ProcessIdentity {
  const found = record.processes.find((each) => each.program === program && each.host === host);
  if (!found) throw new Error('this lab has no namespaces: start one with --netns');
  return found;
}

/** Under which host the wire is recorded: it belongs to none. */
export const WIRE_HOST = '-';

async function startOwnWire(directory: string, journal: Journal): Promise<number> {
  return startWire(`${directory}/wire.log`, serverEnvironment(directory), (identity) =>
    journal.record(WIRE_HOST, 'wire', identity),
  );
}

async function bootHosts(
  directory: string,
  places: Parameters<Tier['boot']>[1],
  journal: Journal,
  { wire, quotaPercent }: { readonly wire: number; readonly quotaPercent?: number | undefined },
): ReturnType<Tier['boot']> {
  const names = places.map(({ name }) => name);
  const tasksFile =
    quotaPercent === undefined ? undefined : createQuotas(directory, names, quotaPercent);
  const hostsFile = `${directory}/hosts`;
  const lines = places.map(({ name, address }) => `${address} ${name}\n`);
  writeFileSync(hostsFile, `127.0.0.1 localhost\n${lines.join('')}`);

  const inits = new Map<string, number>();
  for (const place of places) {
    const init = await startInit(place, hostsFile, serverEnvironment(directory));
    journal.record(place.name, 'machine', init);
    writeEntrance(directory, place, init.pid, tasksFile?.(place.name));
    await connectHost(wire, init.pid, place);
    inits.set(place.name, init.pid);
  }
  return (place) => createNetnsMachine(place, inits.get(place.name)!);
}

/** What carries the variable is found and ended, even if nobody came to write its pid down. */
function serverEnvironment(directory: string): NodeJS.ProcessEnv {
  return { ...process.env, [LAB_VARIABLE]: directory };
}
