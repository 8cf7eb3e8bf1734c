/**
 * One kernel of a UML lab: a program (User-Mode Linux) in a pid namespace, so that nothing of it is
 * left when it ends, on the wire of the lab by a tap interface.
 */
import { mkdirSync } from 'node:fs';
import { runCommand } from './command.ts';
import type { HostPlace } from './configuration.ts';
import { ports } from './network.ts';
import { childrenOf, type ProcessIdentity, signalProcess } from './process-table.ts';
import { type Program, startProgram, waitUntilReady } from './program.ts';
import { projectDirectory } from './project.ts';

export interface KernelOptions {
  readonly role: 'server' | 'client';
  /** The address of the NFS server. */
  readonly server: string;
  /** Tells the interfaces of a lab apart. */
  readonly number: number;
}

/** Where `uml-init` has an sshd, besides the one of the host. */
export const DOOR_PORT = 2022;

export interface Kernel {
  /** Its outermost process: when that is killed, all of the kernel is gone. */
  readonly holder: ProcessIdentity;
  /** Returns when its first process has set up the host. */
  waitUntilUp(): Promise<void>;
}

/** Starts the kernel of a host. `wire` is the process that holds the network. */
export function startKernel(
  wire: number,
  labDirectory: string,
  place: HostPlace,
  options: KernelOptions,
  environment: NodeJS.ProcessEnv,
): Kernel {
  const own = `${place.directory}/kernel`;
  mkdirSync(own);
  const [file, ...rest] = [
    ['nsenter', '--target', `${wire}`, '--net'],
    ['unshare', '--pid', '--fork', '--kill-child'],
    kernelWords(labDirectory, own, place, options),
  ].flat();
  const program: Program = {
    file: file!,
    arguments: rest,
    environment,
    log: `${place.directory}/machine.log`,
    isReady: () => acceptsConnections(wire, place.address, DOOR_PORT),
  };
  const holder = startProgram(program);
  return { holder, waitUntilUp: () => waitUntilReady(program, holder, BOOT_DEADLINE_MS) };
}

/** Has the kernel stand still, as a machine that hangs, or go on. */
export function pauseKernel(holder: ProcessIdentity, isPaused: boolean): void {
  const [kernel] = childrenOf(holder);
  if (!kernel) throw new Error(`no kernel runs below process ${holder.pid}`);
  // Its other processes wait for this one, which traces them.
  signalProcess(kernel, isPaused ? 'SIGSTOP' : 'SIGCONT');
}

export async function acceptsConnections(
  wire: number,
  address: string,
  port: number,
): Promise<boolean> {
  return (await runInNetwork(wire, `: </dev/tcp/${address}/${port}`)).status === 0;
}

/** Runs a line of bash in the network of the lab, where the bridge has an address. */
export function runInNetwork(wire: number, line: string): ReturnType<typeof runCommand> {
  return runCommand(['nsenter', '--target', `${wire}`, '--net', 'bash', '-c', line], {
    deadlineMs: SILENCE_MS,
  });
}

/** Alone a kernel is up in 2 s; here several start at once on a machine that is busy. */
const BOOT_DEADLINE_MS = 120_000;
const SILENCE_MS = 5000;

function kernelWords(
  labDirectory: string,
  own: string,
  { name, address }: HostPlace,
  { role, server, number }: KernelOptions,
): readonly string[] {
  const mac = `02:00:00:00:01:${number.toString(16).padStart(2, '0')}`;
  const network = `transport=tap,ifname=tap${number},depth=128,gro=1,mac=${mac}`;
  return [
    ['linux.uml', 'root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'rw', 'mem=768M', 'quiet'],
    ['con=null', 'con0=null,fd:1', `uml_dir=${own}/`, `init=${projectDirectory}/lab/uml-init`],
    [`vec0:${network}`, `host=${name}`, `ip=${address}`, `role=${role}`],
    [`nfs=${server}`, `lab=${labDirectory}`],
  ].flat();
}

/** The words that run a line of shell on a host, through its door. */
export function doorWords(
  wire: number,
  labDirectory: string,
  { name, address }: HostPlace,
): readonly string[] {
  // The door has the key of the sshd that ssh_config and known_hosts know.
  const alias = `-oHostKeyAlias=[${address}]:${ports.ssh}`;
  return [
    ['nsenter', '--target', `${wire}`, '--net'],
    ['ssh', '-F', `${labDirectory}/ssh_config`, '-p', `${DOOR_PORT}`, alias, name],
  ].flat();
}
