/** What a situation left in its directory. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';

/** One text for each entry below `directory`: kind, mode, links, and content or target. */
export function listFiles(directory: string): Record<string, string> {
  return Object.fromEntries(listEntries(Buffer.from(directory), Buffer.alloc(0)));
}

const CONTENT_BYTES_MAX = 1000;
const SLASH = Buffer.from('/');

/** Names are bytes, which need not be UTF-8. */
function listEntries(root: Buffer, below: Buffer): [string, string][] {
  const folder = Buffer.concat([root, below]);
  return readNames(folder).flatMap((name) => {
    const path = Buffer.concat([below, SLASH, name]);
    const entry: [string, string] = [
      path.toString('latin1', 1),
      describeEntry(Buffer.concat([root, path])),
    ];
    const isFolder = lstatSync(Buffer.concat([root, path])).isDirectory();
    return [entry, ...(isFolder ? listEntries(root, path) : [])];
  });
}

/** None where the situation has removed its own directory. */
function readNames(folder: Buffer): Buffer[] {
  try {
    return readdirSync(folder, 'buffer').toSorted(Buffer.compare);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function describeEntry(path: Buffer): string {
  const status = lstatSync(path);
  const mode = (status.mode & 0o7777).toString(8).padStart(4, '0');
  return `${mode} ${describeContent(path, status)}`;
}

function describeContent(path: Buffer, status: Stats): string {
  if (status.isDirectory()) return 'directory';
  if (status.isSymbolicLink()) return `-> ${readlinkSync(path, 'latin1')}`;
  if (!status.isFile()) return 'special file';
  const content = readFileSync(path);
  const text =
    content.length <= CONTENT_BYTES_MAX
      ? content.toString('latin1')
      : `${content.length} bytes, ${createHash('sha256').update(content).digest('hex')}`;
  return `${status.nlink} ${text}`;
}
