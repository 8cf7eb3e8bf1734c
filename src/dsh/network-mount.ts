/** Whether a directory is on a file system that several machines use. */
import { readFileSync, statSync } from 'node:fs';

/** Asks no server, so that one that hangs cannot hold the answer. */
export function isOnNetwork(directory: Uint8Array): boolean {
  const { dev } = statSync(directory as Buffer);
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  // What lies on a device of this machine has a major number.
  if (major !== 0) return false;
  const mounts = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  return mounts.some((line) => isNetworkLine(line, `${major}:${minor}`));
}

/**
 * Names and not the numbers of statfs(2), which asks an NFS server and calls all of FUSE the same.
 * `fuse.` is any file system of that kind: most are networks, and the others lose little by it.
 */
const networkType =
  /^(?:nfs4?|cifs|smb3|smbfs|ceph|lustre|gpfs|afs|coda|9p|beegfs|pvfs2|gfs2|orangefs|ocfs2|glusterfs|panfs|wekafs|virtiofs|fuse\..*)$/;

/** `ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [FIELD...] - TYPE ...`: proc(5). */
function isNetworkLine(line: string, device: string): boolean {
  const [mount = '', filesystem = ''] = line.split(' - ');
  return mount.split(' ')[2] === device && networkType.test(filesystem.split(' ')[0]!);
}
