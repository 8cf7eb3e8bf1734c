/**
 * The UML tier: N hosts h1 to hN, each a real Linux kernel (User-Mode Linux) on this machine's own
 * root file system, which share /mnt/work by NFS 4.2 from one more kernel, `server`. For what only
 * a real NFS client shows. Needs root, Debian's user-mode-linux, nfs-kernel-server, nfs-common,
 * kmod and OpenSSH.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { type Lab, type LabOptions, startCluster, type Tier } from './cluster.ts';
import { type CommandResult, runCommand } from './command.ts';
import { type HostPlace, LAB_VARIABLE } from './configuration.ts';
import type { Journal } from './host.ts';
import { WIRE_HOST } from './netns.ts';
import { joinWire, makeTap, netnsNetwork, startWire } from './netns-wire.ts';
import type { ProcessIdentity } from './process-table.ts';
import type { LabRecord } from './record.ts';
import { prepareSshd } from './sshd.ts';
import { type Kernel, pauseKernel, startKernel } from './uml-kernel.ts';
import { createUmlMachine, writeEntrance } from './uml-machine.ts';

export interface UmlOptions extends LabOptions {
  readonly hosts: number;
}

export interface UmlLab extends Lab {
  /** Runs a command on the NFS server, whose /mnt/export is what hosts share. */
  runServer(words: readonly string[]): Promise<CommandResult>;
  /** Has the NFS server stand still, as one that hangs, or go on. */
  pauseServer(isPaused: boolean): void;
}

export async function startUmlLab(options: UmlOptions): Promise<UmlLab> {
  checkMachine();
  let serverKernel: ProcessIdentity | undefined;
  const lab = await startCluster(
    {
      names: Array.from({ length: options.hosts }, (_, index) => `h${index + 1}`),
      remoteShell: (directory) => `ssh -F ${directory}/ssh_config`,
      claimNetwork: async () => netnsNetwork,
      prepare(directory, places, sshdOptions) {
        const server = serverPlace(directory);
        mkdirSync(server.directory);
        return prepareSshd(directory, [...places, server], sshdOptions);
      },
      async boot(directory, places, journal) {
        const booted = await bootKernels(directory, places, journal);
        serverKernel = booted.server;
        return booted.machineOf;
      },
    },
    options,
  );
  if (options.directory === undefined) endWithMe(lab.directory);
  return {
    ...lab,
    runServer: (words) => runCommand([`${serverPlace(lab.directory).directory}/run`, ...words]),
    pauseServer: (isPaused) => pauseKernel(serverKernel!, isPaused),
  };
}

/**
 * Kernels that nobody ends keep their memory. Whatever becomes of this program, the pipe to a shell
 * closes with it, and the shell ends what the lab's record names.
 */
function endWithMe(directory: string): void {
  const pids = `sed -n 's/.*"pid": \\([0-9]*\\).*/\\1/p' ${directory}/lab.json`;
  const shell = spawn('sh', ['-c', `read line; kill -KILL $(${pids}); rm -rf ${directory}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { ...process.env, [LAB_VARIABLE]: directory },
  });
  shell.unref();
  (shell.stdin as Socket).unref();
}

export function isOfKernels(record: LabRecord): boolean {
  return record.processes.some(({ host }) => host === SERVER);
}

const SERVER = 'server';

function serverPlace(directory: string): HostPlace {
  return { name: SERVER, address: '10.77.0.2', directory: `${directory}/${SERVER}` };
}

function checkMachine(): void {
  if (process.getuid?.() !== 0) throw new Error('a UML lab makes namespaces: run it as root');
  for (const file of ['/usr/bin/linux.uml', '/usr/sbin/rpc.nfsd', '/sbin/mount.nfs4']) {
    if (existsSync(file)) continue;
    throw new Error(
      `there is no ${file}: apt-get install user-mode-linux nfs-kernel-server nfs-common kmod`,
    );
  }
}

async function bootKernels(
  directory: string,
  places: readonly HostPlace[],
  journal: Journal,
): Promise<{
  readonly server: ProcessIdentity;
  readonly machineOf: Awaited<ReturnType<Tier['boot']>>;
}> {
  const environment = { ...process.env, [LAB_VARIABLE]: directory };
  const wire = await startWire(`${directory}/wire.log`, environment, (identity) =>
    journal.record(WIRE_HOST, 'wire', identity),
  );
  await joinWire(wire, '10.77.0.1');
  const server = serverPlace(directory);
  const kernels = new Map<string, Kernel>();
  // The server is the first, but the others, which wait for it, need not wait here.
  for (const [number, place] of [server, ...places].entries()) {
    await makeTap(wire, `tap${number}`);
    const role = number === 0 ? 'server' : 'client';
    const options = { role, server: server.address, number } as const;
    const kernel = startKernel(wire, directory, place, options, environment);
    journal.record(place.name, 'machine', kernel.holder);
    writeEntrance(directory, wire, place, number === 0 ? '/mnt/export' : '/mnt/work');
    kernels.set(place.name, kernel);
  }
  await Promise.all([...kernels.values()].map((kernel) => kernel.waitUntilUp()));
  return {
    server: kernels.get(SERVER)!.holder,
    machineOf: (place) => createUmlMachine(directory, wire, place, kernels.get(place.name)!.holder),
  };
}
