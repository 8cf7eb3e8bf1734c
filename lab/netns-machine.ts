/**
 * One host of a netns lab: namespaces of its own for network, host name, processes and mounts,
 * under a CPU quota if one is wanted. A process holds them (`netns-init`); they have no names, so
 * nothing of them can be left behind.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { runCommand } from './command.ts';
import { type HostPlace, LAB_VARIABLE, shellQuote } from './configuration.ts';
import type { Machine } from './machine.ts';
import {
  childrenOf,
  findInNamespace,
  isAlive,
  type ProcessIdentity,
  readArguments,
} from './process-table.ts';
import { explainFailure, type Program, startProgram, waitUntilReady } from './program.ts';
import { projectDirectory } from './project.ts';
import { waitUntil } from './wait.ts';

/** Starts a host's first process; returns when the host is set up but for its network. */
export async function startInit(
  place: HostPlace,
  hostsFile: string,
  environment: NodeJS.ProcessEnv,
): Promise<ProcessIdentity> {
  const namespaces = ['--net', '--uts', '--mount', '--mount-proc', '--pid', '--fork'];
  const init = `${projectDirectory}/lab/netns-init`;
  const program: Program = {
    file: 'unshare',
    arguments: [...namespaces, '--kill-child', init, place.name, hostsFile],
    environment,
    log: `${place.directory}/machine.log`,
    isReady: async () => childrenOf(holder).some(({ pid }) => readArguments(pid)[0] === 'sleep'),
  };
  const holder = startProgram(program);
  await waitUntilReady(program, holder);
  return childrenOf(holder)[0]!;
}

/** The host that `init` holds; the script that leads into it is written before (`writeEntrance`). */
export function createNetnsMachine(place: HostPlace, init: number): Machine {
  const words: Machine['words'] = (given) => [entrance(place), ...given];
  const processes: Machine['processes'] = () =>
    findInNamespace('pid', init).filter(({ pid }) => pid !== init);
  const inNetwork = (script: string): ReturnType<typeof runCommand> =>
    runCommand(['nsenter', '--target', `${init}`, '--net', 'bash', '-c', script], {
      deadlineMs: SILENCE_MS,
    });

  return {
    words,
    async start(program) {
      const [file, ...rest] = words([program.file, ...program.arguments]);
      return findEntered(startProgram({ ...program, file: file!, arguments: rest }), program);
    },
    readPort: async (port) =>
      (await inNetwork(`exec cat </dev/tcp/${place.address}/${port}`)).stdout,
    acceptsConnections: async (port) =>
      (await inNetwork(`: </dev/tcp/${place.address}/${port}`)).status === 0,
    processes,
    async signalAll(_, signal) {
      const targets = processes([]);
      // -1 is all that the sender can see, but for itself and the first process.
      const inside = ['nsenter', '--target', `${init}`, '--pid', 'sh', '-c'];
      await runCommand([...inside, `kill -s ${signal.slice('SIG'.length)} -- -1`]);
      return targets;
    },
  };
}

/**
 * Writes the script that runs its words on the host, in the directory and environment of its
 * caller, and a `dsh` that does so, for shells that are not there (`npm run lab -- env`).
 * `tasksFile` takes the processes that are under the host's quota.
 */
export function writeEntrance(
  labDirectory: string,
  place: HostPlace,
  init: number,
  tasksFile: string | undefined,
): void {
  const join = tasksFile === undefined ? '' : `echo 0 >${shellQuote(tasksFile)}; `;
  const inside = `${join}cd -- "$1" && shift && exec "$@"`;
  // The variable marks nsenter too, which waits outside of the pid namespace for the command's end.
  writeScript(
    entrance(place),
    `${LAB_VARIABLE}=${labDirectory} exec nsenter --target ${init} --net --uts --mount --pid -- sh -c '${inside}' sh "$PWD" "$@"`,
  );
  mkdirSync(`${place.directory}/bin`);
  // Commands that dsh starts elsewhere get this PATH, and must not come back here.
  const path = `${labDirectory}/bin:"\${PATH#${place.directory}/bin:}"`;
  writeScript(`${place.directory}/bin/dsh`, `PATH=${path} exec ${entrance(place)} dsh "$@"`);
}

/** Long enough for a host that is busy under a quota; a daemon that is stopped says nothing. */
const SILENCE_MS = 2000;

function entrance(place: HostPlace): string {
  return `${place.directory}/run`;
}

function writeScript(file: string, line: string): void {
  writeFileSync(file, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}

/**
 * nsenter stays outside of the pid namespace and waits for the program, its only child. On a busy
 * machine that may have ended before anybody has looked.
 */
async function findEntered(outside: ProcessIdentity, program: Program): Promise<ProcessIdentity> {
  await waitUntil(
    `${program.file} to be started`,
    () => childrenOf(outside).length > 0 || !isAlive(outside),
  );
  const [entered] = childrenOf(outside);
  if (!entered) throw explainFailure(program, 'it ended');
  return entered;
}
