/** One host of a UML lab, seen from outside: all goes through the sshd that its `uml-init` runs. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type HostPlace, LAB_VARIABLE, shellQuote } from './configuration.ts';
import type { Machine } from './machine.ts';
import { type ProcessIdentity, signalProcess } from './process-table.ts';
import { startProgram } from './program.ts';
import { acceptsConnections, doorWords, runInNetwork } from './uml-kernel.ts';

export function createUmlMachine(
  labDirectory: string,
  wire: number,
  place: HostPlace,
  kernel: ProcessIdentity,
): Machine {
  return {
    words: (given) => [entrance(place), ...given],
    /** The identity is that of the connection: it ended, the program is ended there. */
    async start(program) {
      const command = [program.file, ...program.arguments].map(shellQuote).join(' ');
      const line = `${command} & cat >/dev/null; kill -KILL $!`;
      const words = ['-c', OPEN_INPUT, 'sh', ...doorWords(wire, labDirectory, place), line];
      // Its environment is that of a login on the host, which the lab's sshd_config sets.
      const fifo = `${place.directory}/${basename(program.log)}.input`;
      return startProgram({
        ...program,
        file: 'sh',
        arguments: words,
        environment: { ...process.env, [LAB_VARIABLE]: labDirectory, FIFO: fifo },
      });
    },
    readPort: async (port) =>
      (await runInNetwork(wire, `exec cat </dev/tcp/${place.address}/${port}`)).stdout,
    acceptsConnections: (port) => acceptsConnections(wire, place.address, port),
    // Those that run in another kernel are no processes of this one.
    processes: () => [],
    async signalAll(_, signal) {
      if (signal !== 'SIGKILL') throw new Error('a UML host can only be killed, or paused');
      signalProcess(kernel, signal);
      return [kernel];
    },
  };
}

/** Writes the script that runs its words there in `directory`, with its caller's environment. */
export function writeEntrance(
  labDirectory: string,
  wire: number,
  place: HostPlace,
  directory: string,
): void {
  const door = doorWords(wire, labDirectory, place).map(shellQuote).join(' ');
  const lines = [
    '#!/bin/bash',
    `export ${LAB_VARIABLE}=${labDirectory}`,
    '[ -t 0 ] && terminal=-t',
    `exec ${door} $terminal "$(export -p); cd ${directory} && exec \${*@Q}"`,
  ];
  writeFileSync(entrance(place), `${lines.join('\n')}\n`, { mode: 0o755 });
}

/** A pipe that is open for writing as well never ends, whoever else has ended. */
const OPEN_INPUT = 'mkfifo "$FIFO" && exec <>"$FIFO" && rm "$FIFO" && exec "$@"';

function entrance(place: HostPlace): string {
  return `${place.directory}/run`;
}
