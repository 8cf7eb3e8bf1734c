/**
 * Looks for a command's program as execvp(3) will, to say in advance and in a shell's words why it
 * cannot run. The spawn itself searches again: a script must get the name that execvp gives it.
 */
import { accessSync, constants, statSync } from 'node:fs';
import type { PlainCommand } from '../core/wire/command.ts';
import { findVariable } from './environment.ts';
import { systemReason } from '../node/system-reason.ts';

export type FoundProgram =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: 'not-found' | 'not-executable';
      readonly message: string;
    };

export function findProgram(command: PlainCommand): FoundProgram {
  const name = Buffer.from(command.arguments[0]!);
  const hasSlash = name.includes('/');
  let obstacle: string | undefined;
  for (const path of hasSlash ? [name] : searchPaths(command, name)) {
    const result = examine(resolveIn(command.directory, path));
    if (result === 'program') return { ok: true };
    // As execvp: the search goes on, but a program that may not run is told rather than none.
    if (result !== 'nothing') obstacle ??= result;
  }
  const text = name.toString();
  if (obstacle !== undefined) {
    return { ok: false, reason: 'not-executable', message: `${text}: ${obstacle}` };
  }
  const absence = hasSlash ? 'No such file or directory' : 'command not found';
  return { ok: false, reason: 'not-found', message: `${text}: ${absence}` };
}

/** What execvp searches where there is no PATH at all. */
const DEFAULT_PATH = '/bin:/usr/bin';

function searchPaths(command: PlainCommand, name: Buffer): readonly Buffer[] {
  if (name.length === 0) return [];
  const path = Buffer.from(findVariable(command.variables, 'PATH') ?? Buffer.from(DEFAULT_PATH));
  // Latin-1 is one character a byte and back; an empty element is the command's directory.
  return path
    .toString('latin1')
    .split(':')
    .map((element) => joinPath(Buffer.from(element || '.', 'latin1'), name));
}

function resolveIn(directory: Uint8Array, path: Buffer): Buffer {
  return path[0] === SLASH ? path : joinPath(directory, path);
}

function joinPath(directory: Uint8Array, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.of(SLASH), name]);
}

const SLASH = 0x2f;

/** `program`, `nothing`, or what keeps it from running. */
function examine(path: Buffer): string {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (!status) return 'nothing';
    if (status.isDirectory()) return 'Is a directory';
    accessSync(path, constants.X_OK);
    return 'program';
  } catch (error) {
    return systemReason(error);
  }
}
