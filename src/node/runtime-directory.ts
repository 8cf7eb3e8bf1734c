/** The user's own directory for sockets: nobody else can put a file there, or a link in its place. */
import { chmodSync, lstatSync, mkdirSync, type Stats } from 'node:fs';
import type { Result } from '../core/result.ts';

/** sockaddr_un of Linux has 108 bytes, the last of which is a NUL. */
export const SOCKET_PATH_BYTES_MAX = 107;

/**
 * `$XDG_RUNTIME_DIR/dsh` where that directory is the user's alone, else `/tmp/dsh-UID`; made if it
 * is not there. A directory that somebody else could have prepared is refused.
 */
export function prepareRuntimeDirectory(
  environment: NodeJS.ProcessEnv,
  temporary = '/tmp',
): Result<string> {
  const uid = process.getuid!();
  const login = environment['XDG_RUNTIME_DIR'];
  const isUsable = login?.startsWith('/') && isPrivate(tryLstat(login), uid);
  const path = isUsable ? `${login}/dsh` : `${temporary}/dsh-${uid}`;
  try {
    makePrivate(path);
    const stats = lstatSync(path);
    if (isPrivate(stats, uid)) return { ok: true, value: path };
    return { ok: false, reason: explainRefusal(path, stats, uid) };
  } catch (error) {
    return { ok: false, reason: `cannot use ${path}: ${(error as Error).message}` };
  }
}

/** A path that is too long would be cut by the kernel, and name another socket. */
export function checkSocketPath(path: string): Result<string> {
  const bytes = Buffer.byteLength(path);
  if (bytes <= SOCKET_PATH_BYTES_MAX) return { ok: true, value: path };
  const reason = `the socket path ${path} has ${bytes} bytes; at most ${SOCKET_PATH_BYTES_MAX} are possible`;
  return { ok: false, reason };
}

function makePrivate(path: string): void {
  try {
    mkdirSync(path, 0o700);
    // A umask such as 0277 has taken rights from us, too.
    chmodSync(path, 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function isPrivate(stats: Stats | undefined, uid: number): boolean {
  return stats !== undefined && stats.isDirectory() && stats.uid === uid && modeOf(stats) === 0o700;
}

function explainRefusal(path: string, stats: Stats, uid: number): string {
  const cure = 'remove it, or set XDG_RUNTIME_DIR to a directory of yours with mode 0700';
  if (!stats.isDirectory()) return `${path} is not a directory; ${cure}`;
  if (stats.uid !== uid)
    return `${path} belongs to user ${stats.uid}, not to you (${uid}); ${cure}`;
  return `${path} has mode 0${modeOf(stats).toString(8)}; expected 0700: chmod 700 ${path}`;
}

function tryLstat(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

function modeOf(stats: Stats): number {
  return stats.mode & 0o777;
}
