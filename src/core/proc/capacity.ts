/** What a node can give: the machine's figures, cut down to what its limits leave of them. */
import type { MemoryUsage } from './cgroup-limits.ts';
import type { HostMemory } from './meminfo.ts';

/** A quota of less than this would make the load per CPU meaningless. */
export const CPUS_MIN = 0.01;

export interface Capacity {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** The worst of the machine's and the limiting groups', 0 to 1. */
  readonly memoryPressure: number;
}

/** CPUs that may be used, fractions included and never 0. */
export function combineCpus(affinity: number, quota: number): number {
  return Math.max(CPUS_MIN, Math.min(affinity, quota));
}

/** Each limiting group alone allows its limit less what it uses; the least of all counts. */
export function combineMemory(
  host: HostMemory,
  pressure: number,
  groups: readonly MemoryUsage[],
): Capacity {
  return {
    totalBytes: Math.min(host.totalBytes, ...groups.map((group) => group.limitBytes)),
    freeBytes: Math.max(
      0,
      Math.min(host.availableBytes, ...groups.map((group) => group.limitBytes - group.usedBytes)),
    ),
    memoryPressure: Math.max(pressure, ...groups.map((group) => group.pressure)),
  };
}
