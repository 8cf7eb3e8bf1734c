import { accessSync, constants, statSync } from 'node:fs';
import { systemReason } from '../node/system-reason.ts';

/**
 * Why a command cannot run in `directory`, or undefined. It is looked at before the spawn since
 * the spawn's ENOENT may mean the directory or the program.
 */
export function explainDirectory(directory: Uint8Array, host: string): string | undefined {
  const path = Buffer.from(directory);
  try {
    if (!statSync(path).isDirectory()) return message(path, host, 'Not a directory');
    accessSync(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return message(path, host, systemReason(error));
  }
}

function message(path: Buffer, host: string, reason: string): string {
  const rule = 'a command runs in the same directory as here or not at all (--send copies files)';
  return `cannot enter ${path.toString()} on ${host}: ${reason}; ${rule}`;
}
