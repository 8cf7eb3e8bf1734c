/**
 * The file of keys that the cluster's daemons share: a line `ID SECRET` for each, the id a number
 * from 1 to 255, the secret 64 hexadecimal digits. `#` begins a comment.
 *
 * The first key seals; what any of them sealed is believed. So keys are changed without a gap: put
 * the new one second on all nodes, then first, then leave the old one out, with a SIGHUP each time.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { describeError } from './setup-error.ts';

export const DEFAULT_KEY_FILE = '/etc/dsh/key';
const KEYS_MAX = 2;
const SECRET_DIGITS = 64;
const FILE_BYTES_MAX = 4096;

export interface Key {
  readonly id: number;
  readonly secret: Uint8Array;
}

/** With `path` undefined the default file, which may be missing. Throws an Error of one line. */
export function readKeys(path: string | undefined): readonly Key[] {
  const file = path ?? DEFAULT_KEY_FILE;
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && path === undefined) return [];
    const cure = 'name another with --key, or run without by --auth none';
    throw new Error(`cannot read key file ${file}: ${describeError(error)}: ${cure}`, {
      cause: error,
    });
  }
  try {
    checkFile(file, descriptor);
    return parseKeys(file, readFileSync(descriptor, 'utf8'));
  } finally {
    closeSync(descriptor);
  }
}

/** Looked at once it is open, so that it cannot become another meanwhile. */
function checkFile(file: string, descriptor: number): void {
  const { mode, uid, size } = fstatSync(descriptor);
  const permissions = mode & 0o777;
  if ((permissions & 0o077) !== 0) {
    const shown = permissions.toString(8).padStart(4, '0');
    throw new Error(`key file ${file}: others may use it (mode ${shown}): chmod 600 ${file}`);
  }
  if (uid !== 0 && uid !== process.getuid!()) {
    const cure = `chown ${process.getuid!()} ${file}`;
    throw new Error(`key file ${file}: it belongs to user ${uid}, who may change it: ${cure}`);
  }
  if (size > FILE_BYTES_MAX)
    throw new Error(`key file ${file}: longer than ${FILE_BYTES_MAX} bytes`);
}

function parseKeys(file: string, text: string): readonly Key[] {
  const keys: Key[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    const line = content.replace(/#.*/, '').trim();
    if (line === '') continue;
    const place = `key file ${file}, line ${index + 1}`;
    const match = /^(\d{1,3})\s+([0-9a-fA-F]+)$/.exec(line);
    const id = Number(match?.[1]);
    // What was read is a secret, so it is not repeated in the message.
    if (!match || id < 1 || id > 255 || match[2]!.length !== SECRET_DIGITS) {
      throw new Error(`${place}: expected ID SECRET, as dshd keygen prints it`);
    }
    if (keys.some((key) => key.id === id)) throw new Error(`${place}: key ${id} is there twice`);
    if (keys.length === KEYS_MAX) throw new Error(`${place}: more than ${KEYS_MAX} keys`);
    keys.push({ id, secret: Buffer.from(match[2]!, 'hex') });
  }
  if (keys.length === 0) throw new Error(`key file ${file}: there is no key in it`);
  return keys;
}
