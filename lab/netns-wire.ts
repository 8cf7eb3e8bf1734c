/**
 * The cables of a netns lab: a bridge in a network namespace of its own, and a veth pair from it to
 * each host. The machine's own network gets no address and no interface, and since no two labs
 * share a bridge, all of them use the same addresses.
 */
import { runCommand } from './command.ts';
import type { HostPlace } from './configuration.ts';
import type { Network } from './network.ts';
import { type Program, startProgram, waitUntilReady } from './program.ts';
import type { ProcessIdentity } from './process-table.ts';
import { namespaceOf } from './process-table.ts';

export const netnsNetwork: Network = {
  address: (number) => `10.77.0.${10 + number}`,
  release: async () => {},
};

/** Starts the process that holds the bridge's namespace; `onStart` hears of it at once. */
export async function startWire(
  log: string,
  environment: NodeJS.ProcessEnv,
  onStart: (identity: ProcessIdentity) => void,
): Promise<number> {
  const own = namespaceOf(process.pid, 'net');
  const program: Program = {
    file: 'unshare',
    arguments: ['--net', 'sleep', 'infinity'],
    environment,
    log,
    isReady: async () => namespaceOf(identity.pid, 'net') !== own,
  };
  const identity = startProgram(program);
  onStart(identity);
  await waitUntilReady(program, identity);
  await configure(identity.pid, ['link add bridge type bridge', 'link set bridge up']);
  return identity.pid;
}

/** Lays a cable from the bridge to the network namespace of process `machine`. */
export async function connectHost(wire: number, machine: number, host: HostPlace): Promise<void> {
  const { name, address } = host;
  await configure(wire, [
    `link add ${name} type veth peer name eth0 netns ${machine}`,
    `link set ${name} master bridge up`,
  ]);
  await configure(machine, [`address add ${address}/24 dev eth0`, 'link set eth0 up']);
}

/** Makes a tap interface on the bridge, for a kernel that brings its own network. */
export function makeTap(wire: number, name: string): Promise<void> {
  return configure(wire, [`tuntap add ${name} mode tap`, `link set ${name} master bridge up`]);
}

/** Gives the bridge an address, by which what runs in its namespace is on the network too. */
export function joinWire(wire: number, address: string): Promise<void> {
  return configure(wire, [`address add ${address}/24 dev bridge`]);
}

/** `down` cuts the cable of a host, `up` mends it; the host itself is told nothing. */
export function setCable(wire: number, name: string, state: 'up' | 'down'): Promise<void> {
  return configure(wire, [`link set ${name} ${state}`]);
}

/** Runs commands of ip(8) in the network namespace of a process. */
async function configure(pid: number, lines: readonly string[]): Promise<void> {
  const words = ['nsenter', '--target', `${pid}`, '--net', 'ip', '-batch', '-'];
  const { status, stderr } = await runCommand(words, { input: `${lines.join('\n')}\n` });
  if (status !== 0) throw new Error(`ip: ${lines.join('; ')}: ${stderr.trim()}`);
}
