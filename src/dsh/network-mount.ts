/** What kind of file system a device is, by its number in stat(2). */
import { readFileSync } from 'node:fs';

/** `nfs` is a network as well, on which a file has one inode number on all machines. */
export type MountKind = 'local' | 'network' | 'nfs';

/** Asks no server, so that one that hangs cannot hold the answer. */
export function mountKind(device: bigint): MountKind {
  const major = (device >> 8n) & 0xfffn;
  const minor = (device & 0xffn) | ((device >> 12n) & 0xfffff00n);
  // What lies on a device of this machine has a major number.
  if (major !== 0n) return 'local';
  const mounts = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  const kinds = mounts.map((line) => kindInLine(line, `${major}:${minor}`));
  return kinds.find((kind) => kind !== 'local') ?? 'local';
}

/**
 * Names and not the numbers of statfs(2), which asks an NFS server and calls all of FUSE the same.
 * `fuse.` is any file system of that kind: most are networks, and the others lose little by it.
 */
const networkType =
  /^(?:cifs|smb3|smbfs|ceph|lustre|gpfs|afs|coda|9p|beegfs|pvfs2|gfs2|orangefs|ocfs2|glusterfs|panfs|wekafs|virtiofs|fuse\..*)$/;

/** `ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [FIELD...] - TYPE ...`: proc(5). */
function kindInLine(line: string, device: string): MountKind {
  const [mount = '', filesystem = ''] = line.split(' - ');
  const type = filesystem.split(' ')[0]!;
  if (mount.split(' ')[2] !== device) return 'local';
  if (type === 'nfs' || type === 'nfs4') return 'nfs';
  return networkType.test(type) ? 'network' : 'local';
}
