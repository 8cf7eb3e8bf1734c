/** CPU quotas for the hosts of a netns lab: a cgroup for each, below one of the lab's own. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { placeCgroups } from '../src/core/proc/cgroup-place.ts';
import { waitUntil } from './wait.ts';

export interface CgroupRoot {
  readonly version: 1 | 2;
  /** Where the hierarchy with the CPU controller is mounted. */
  readonly directory: string;
}

/** Makes the groups; the function returned gives the file that takes a host's processes. */
export function createQuotas(
  labDirectory: string,
  names: readonly string[],
  percent: number,
): (name: string) => string {
  const root = findCgroupRoot();
  if (!root) {
    throw new Error('no cgroup hierarchy with the CPU controller is mounted: leave out the quota');
  }
  const lab = labGroup(root, labDirectory);
  mkdirSync(lab);
  // v2 hands a controller down a level only where it is told to; v1 has it everywhere.
  if (root.version === 2) {
    for (const directory of [root.directory, lab]) {
      writeFileSync(`${directory}/cgroup.subtree_control`, '+cpu');
    }
  }
  for (const name of names) {
    mkdirSync(`${lab}/${name}`);
    for (const [file, value] of quotaFiles(root.version, percent)) {
      writeFileSync(`${lab}/${name}/${file}`, value);
    }
  }
  return (name) => `${lab}/${name}/cgroup.procs`;
}

/** Removes the groups of a lab that has no process any more; nothing happens where there are none. */
export async function removeQuotas(labDirectory: string): Promise<void> {
  const root = findCgroupRoot();
  const lab = root && labGroup(root, labDirectory);
  if (!lab || !existsSync(lab)) return;
  const groups = readdirSync(lab, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of groups) await removeGroup(`${lab}/${name}`);
  await removeGroup(lab);
}

/** What is written into a group; 100 percent are one CPU. */
export function quotaFiles(
  version: CgroupRoot['version'],
  percent: number,
): readonly (readonly [file: string, value: string])[] {
  const quotaUs = Math.round((percent / 100) * PERIOD_US);
  if (version === 2) return [['cpu.max', `${quotaUs} ${PERIOD_US}`]];
  return [
    ['cpu.cfs_period_us', `${PERIOD_US}`],
    ['cpu.cfs_quota_us', `${quotaUs}`],
  ];
}

/** The kernel's default; it takes no quota below a hundredth of it. */
const PERIOD_US = 100_000;

function findCgroupRoot(): CgroupRoot | undefined {
  const read = (name: string): string => readFileSync(`/proc/self/${name}`, 'utf8');
  const places = placeCgroups(read('cgroup'), read('mountinfo'), '/sys');
  const [cpu, unified] = [places.cpu.at(-1), places.unified.at(-1)];
  if (cpu !== undefined) return { version: 1, directory: cpu };
  if (unified !== undefined) return { version: 2, directory: unified };
  return undefined;
}

/** Follows from the lab's directory, so that a lab whose starter crashed is cleaned up as well. */
function labGroup(root: CgroupRoot, labDirectory: string): string {
  return `${root.directory}/${labDirectory.replace(/^\//, '').replaceAll('/', '-')}`;
}

/** A group counts its last processes for a moment after they have ended. */
function removeGroup(directory: string): Promise<void> {
  return waitUntil(`${directory} to be empty`, () => {
    try {
      rmdirSync(directory);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EBUSY') return false;
      throw error;
    }
  });
}
