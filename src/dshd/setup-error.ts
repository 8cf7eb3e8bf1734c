/** What keeps dshd from starting, as one line for the administrator. */

/** The system's own reason, without Node's code and call in front: `permission denied`. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return reasons.get(code ?? '') ?? error.message;
}

/** Says what cannot be bound, and what to do where that is known. */
export function bindError(what: string, option: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  const cures: Record<string, string> = {
    EADDRINUSE: `another dshd or program has it; stop that one, or choose another with ${option}`,
    EADDRNOTAVAIL: 'choose another with --listen',
  };
  const cure = cures[code ?? ''] ?? `choose another with ${option}`;
  return new Error(`cannot use ${what}: ${describeError(error)}: ${cure}`, { cause: error });
}

const reasons = new Map([
  ['EAGAIN', 'whoever has it is too busy to answer'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'not permitted'],
  ['ENOENT', 'no such file or directory'],
  ['EEXIST', 'it is there already'],
  ['ENOTDIR', 'not a directory'],
  ['EISDIR', 'is a directory'],
  ['EADDRINUSE', 'already in use'],
  ['EADDRNOTAVAIL', 'not an address of this host'],
  ['ENOSPC', 'no space left on device'],
  ['EROFS', 'read-only file system'],
]);
