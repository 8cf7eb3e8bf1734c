/** The daemon of each host of a lab. */
import { daemonArguments, type HostPlace, LAB_VARIABLE } from './configuration.ts';
import type { Machine } from './machine.ts';
import { ports } from './network.ts';
import type { Program } from './program.ts';
import { builtDaemon } from './project.ts';

/** Says how to start the daemon of `host`; `options` are added to its command line. */
export function daemonProgram(
  labDirectory: string,
  host: HostPlace,
  machine: Machine,
  options: readonly string[],
): Program {
  return {
    file: process.execPath,
    arguments: [builtDaemon(), ...daemonArguments(labDirectory, host), ...options],
    environment: { ...process.env, [LAB_VARIABLE]: labDirectory },
    log: `${host.directory}/dshd.log`,
    isReady: async () => listsNodes(await machine.readPort(ports.status), [host]),
  };
}

/** Whether what a status port printed has a line for each of `nodes`. */
export function listsNodes(table: string, nodes: readonly HostPlace[]): boolean {
  const names = namesInTable(table);
  return nodes.every(({ name }) => names.includes(name));
}

/** The first word of each line. */
export function namesInTable(table: string): readonly string[] {
  return table
    .split('\n')
    .map((line) => line.split(/\s/)[0] ?? '')
    .filter((name) => name !== '' && !name.startsWith('#'));
}
