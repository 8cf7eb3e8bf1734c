/**
 * The two files of a one-shot command, in its directory, which the node shares:
 *
 *     .dsh-HOST-PID-N          the lock: made here, read and removed by dshexec there; once it is
 *                              gone, all that the command wrote is on the server
 *     .dsh-HOST-PID-N.status   made there when the command starts. Without it nothing has run. With
 *                              a remote shell that tells no exit status, dshexec's shell writes it
 */
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { hostVariableNames } from '../core/host-variables.ts';
import type { Command } from '../core/wire/command.ts';
import { encodeLockFile } from '../core/wire/lock-file.ts';
import { directoriesOf } from './known-files.ts';

export interface LockFile {
  readonly path: string;
  /** True from when dsh made it until dshexec has removed it. */
  isThere(): boolean;
  /** True once the command was about to start. */
  hasStarted(): boolean;
  /** What the node wrote; undefined if it wrote none. */
  readStatus(): number | undefined;
  /** Keeps the command from starting; true if it was too late for that. */
  withdraw(): boolean;
  /** Has an NFS client look again for files in the directories that the words name. */
  reread(): void;
  /** Removes what is left of both. */
  remove(): void;
}

/**
 * Throws where the file cannot be made. `directory` is the command's, as text.
 * With `tellsStatus` the file has the exit status written for a remote shell that loses it.
 */
export function createLockFile(
  directory: string,
  command: Command,
  tellsStatus: boolean,
): LockFile {
  const { name, path } = claimName(directory);
  const statusName = `${name}.status`;
  const statusPath = join(directory, statusName);
  const text = lockText(command, directory, statusPath, tellsStatus);
  try {
    writeFileSync(`${path}.new`, text);
    // Complete when it is first seen.
    renameSync(`${path}.new`, path);
  } catch (error) {
    tryUnlink(`${path}.new`);
    throw error;
  }

  // Reading the directory makes an NFS client ask the server; looking for a name does not.
  function isListed(wanted: string): boolean {
    try {
      return readdirSync(directory).includes(wanted);
    } catch {
      // The directory itself has gone, and all in it.
      return false;
    }
  }

  return {
    path,
    isThere: () => isListed(name),
    hasStarted: () => isListed(statusName),
    readStatus() {
      const status = isListed(statusName) ? readFileSync(statusPath, 'latin1').trim() : '';
      return status === '' ? undefined : Number(status);
    },
    withdraw() {
      tryUnlink(path);
      return isListed(statusName);
    },
    reread() {
      for (const shared of directoriesOf(command.coherence)) {
        try {
          readdirSync(resolve(directory, shared));
        } catch {
          // The command has removed it, say.
        }
      }
    },
    remove() {
      tryUnlink(path);
      tryUnlink(statusPath);
    },
  };
}

let lastNumber = 0;

/** The name is ours once the file with `.new` was made by us and by nobody before. */
function claimName(directory: string): { readonly name: string; readonly path: string } {
  for (;;) {
    lastNumber += 1;
    const name = `.dsh-${hostname()}-${process.pid}-${lastNumber}`;
    const path = join(directory, name);
    try {
      closeSync(openSync(`${path}.new`, 'wx', 0o600));
      return { name, path };
    } catch (error) {
      // Left by a process of the same number that was killed.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

const TELL_STATUS = '"$@"; set -- $? "$0"; echo "$1" >"$2"; exit "$1"';

function lockText(
  command: Command,
  directory: string,
  statusPath: string,
  tellsStatus: boolean,
): Uint8Array {
  const wrapper = ['/bin/sh', '-c', TELL_STATUS, statusPath].map((word) => Buffer.from(word));
  const words = tellsStatus ? [...wrapper, ...command.arguments] : command.arguments;
  const shared = directoriesOf(command.coherence).map((name) => quote(resolve(directory, name)));
  // The lock's own directory has been read there already.
  const reading = shared.length === 0 ? '' : `ls -a -- ${shared.join(' ')} >/dev/null 2>&1\n`;
  return Buffer.concat([
    encodeLockFile({ ...command, arguments: words }, hostVariableNames),
    Buffer.from(`${reading}true >${quote(statusPath)} || exit 125\n`),
  ]);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function tryUnlink(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // dshexec was faster, as it should be.
  }
}
