import { expect, test } from 'vitest';
import { CPUS_MIN, combineCpus, combineMemory } from '../../../src/core/proc/capacity.ts';
import {
  findMemoryGroups,
  readMemoryUsage,
  readQuota,
} from '../../../src/core/proc/cgroup-limits.ts';
import { placeCgroups } from '../../../src/core/proc/cgroup-place.ts';
import { GIB, machines } from './machines.ts';

const host = { totalBytes: 16 * GIB, availableBytes: 12 * GIB };

test.each(machines)('$situation', ({ cgroup, mountinfo, files, expected }) => {
  const read = (path: string): string | undefined => files[path];
  const places = placeCgroups(cgroup, mountinfo, '/sys');
  const groups = findMemoryGroups(read, places, host.totalBytes);
  const usages = groups.map((group) => readMemoryUsage(read, group));
  expect({ quota: readQuota(read, places), ...combineMemory(host, 0, usages) }).toEqual(expected);
});

test('a configured sysfs takes the place of /sys, and of nothing that only begins like it', () => {
  const mount = (mountPoint: string): string => `30 29 0:28 / ${mountPoint} rw - cgroup2 none rw\n`;
  const unified = (mountPoint: string): readonly string[] =>
    placeCgroups('0::/a\n', mount(mountPoint), '/host/sys').unified;
  expect(unified('/sys/fs/cgroup')).toEqual(['/host/sys/fs/cgroup/a', '/host/sys/fs/cgroup']);
  expect(unified('/system/cgroup')).toEqual(['/system/cgroup/a', '/system/cgroup']);
});

test.each([
  ['no quota', 8, Infinity, 8],
  ['a quota below the affinity', 8, 2.5, 2.5],
  ['an affinity below the quota', 2, 6, 2],
  ['a quarter of a CPU', 64, 0.25, 0.25],
  ['a quota of next to nothing', 64, 0.001, CPUS_MIN],
])('CPUs: %s', (_, affinity, quota, cpus) => {
  expect(combineCpus(affinity, quota)).toBe(cpus);
});

test('a container promises no more memory than the machine has left', () => {
  const usage = { limitBytes: 8 * GIB, usedBytes: GIB, pressure: 0 };
  const crowded = { totalBytes: 16 * GIB, availableBytes: 3 * GIB };
  expect(combineMemory(crowded, 0.5, [usage])).toEqual({
    totalBytes: 8 * GIB,
    freeBytes: 3 * GIB,
    memoryPressure: 0.5,
  });
});
