/**
 * Where the limits of a process are found: /proc/self/cgroup says in which group it is, and
 * /proc/self/mountinfo where the groups are mounted. The two meet in several ways:
 *
 *     host            group /user.slice/a.scope, mounted from its root `/`
 *     namespace       group `/`, mounted from `/`: the mount is the container's own group
 *     docker v1       group /docker/ID, of which the same /docker/ID is mounted
 *     foreign mount   group `/`, mounted from `/../..`: a namespace over the host's mount
 *
 * and hybrid machines have v1 hierarchies for `cpu` and `memory` besides a v2 mount without them.
 */

/** Directories as mounted, the process's own group first, then its ancestors. */
export interface CgroupPlaces {
  readonly unified: readonly string[];
  readonly cpu: readonly string[];
  readonly memory: readonly string[];
}

/** What a directory is looked up for: cgroup v2, or one controller of v1. */
type Hierarchy = keyof CgroupPlaces;

/** Places that cannot be found are empty lists. `sysfs` takes the place of /sys in mount points. */
export function placeCgroups(
  cgroupText: string,
  mountinfoText: string,
  sysfs: string,
): CgroupPlaces {
  const mounts = parseMounts(mountinfoText, sysfs);
  const groups = parseMembership(cgroupText);
  const place = (hierarchy: Hierarchy): string[] =>
    findDirectories(
      groups.get(hierarchy),
      mounts.filter((mount) => mount.hierarchies.includes(hierarchy)),
    );
  return { unified: place('unified'), cpu: place('cpu'), memory: place('memory') };
}

interface CgroupMount {
  readonly hierarchies: readonly Hierarchy[];
  /** Which group of the hierarchy is seen at the mount point. */
  readonly root: string;
  readonly mountPoint: string;
}

/** Lines `35 31 0:32 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory`. */
function parseMounts(text: string, sysfs: string): CgroupMount[] {
  return text.split('\n').flatMap((line) => {
    const [mount, system] = line.split(' - ', 2);
    const [, , , root, mountPoint] = mount!.split(' ');
    const [type, , options = ''] = system?.split(' ') ?? [];
    if (!root?.startsWith('/') || !mountPoint?.startsWith('/')) return [];
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    const hierarchies = type === 'cgroup2' ? ['unified' as const] : parseControllers(options);
    const path = unescapePath(mountPoint).replace(/^\/sys\//, () => `${sysfs}/`);
    return [{ hierarchies, root: unescapePath(root), mountPoint: path }];
  });
}

/** Lines `ID:CONTROLLER,CONTROLLER:PATH`; v2 is the one without controllers. */
function parseMembership(text: string): Map<Hierarchy, string> {
  const groups = new Map<Hierarchy, string>();
  for (const line of text.split('\n')) {
    const [, controllers, group] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || group === undefined) continue;
    const hierarchies = controllers === '' ? ['unified' as const] : parseControllers(controllers);
    for (const hierarchy of hierarchies) groups.set(hierarchy, group);
  }
  return groups;
}

function parseControllers(list: string): ('cpu' | 'memory')[] {
  return list.split(',').filter((name) => name === 'cpu' || name === 'memory');
}

function findDirectories(group: string | undefined, mounts: readonly CgroupMount[]): string[] {
  if (group === undefined || mounts.length === 0) return [];
  // The mount from the shortest root shows the most ancestors.
  const mount = mounts
    .filter(({ root }) => isWithin(group, root))
    .sort((one, other) => one.root.length - other.root.length)[0];
  // A foreign mount cannot be walked to our group, but its own limits hold for all below it.
  if (!mount) return [mounts[0]!.mountPoint];
  const directories = [mount.mountPoint];
  for (const name of group.slice(mount.root.length).split('/')) {
    if (name !== '') directories.unshift(`${directories[0]!}/${name}`);
  }
  return directories;
}

function isWithin(group: string, root: string): boolean {
  if (group.split('/').includes('..')) return false;
  return root === '/' || group === root || group.startsWith(`${root}/`);
}

/** Blanks and the like are written as three octal digits. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
