/**
 * Has this node ask the file server about what a command may read. Node has no statx(2): directories
 * are read again and files opened, as an NFS client asks the server then. Nothing is waited for;
 * the native runner does that.
 */
import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Coherence } from '../core/wire/command.ts';
import { decodeFileReports } from '../core/wire/file-report.ts';

export function revalidate(directory: Uint8Array, { knownFiles }: Coherence): void {
  const here = Buffer.from(directory).toString('latin1');
  tryTo(() => readdirSync(Buffer.from(here, 'latin1')));
  for (const { kind, path } of knownFiles.flatMap(decodeFileReports)) {
    const name = Buffer.from(path).toString('latin1');
    const place = Buffer.from(isAbsolute(name) ? name : join(here, name), 'latin1');
    if (kind === 'directory') tryTo(() => readdirSync(place));
    else tryTo(() => closeSync(openSync(place, constants.O_RDONLY | constants.O_NONBLOCK)));
  }
}

/** What is not there, the command will say. */
function tryTo(action: () => void): void {
  try {
    action();
  } catch {}
}
