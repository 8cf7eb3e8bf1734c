/**
 * What this node has and how busy it is, from /proc and the cgroups.
 *
 * What a file does not say is taken from elsewhere, so that a sample is always complete:
 *
 *     loadavg            its last figures; a root that never had one is an error
 *     meminfo            its last figures, at first the system's own (node:os)
 *     self/status        the CPUs that the system grants this process
 *     self/cgroup, self/mountinfo, files of a cgroup      no limit
 *     pressure/memory    no pressure (a kernel without PSI, or with psi=0)
 *
 * Limits are those of the daemon's own process: it must run where the jobs do, in the same
 * container, and without limits (CPUQuota=, MemoryMax=) that are meant for the daemon alone.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { Measurement } from '../core/daemon-state.ts';
import { parseAffinity } from '../core/proc/affinity.ts';
import { combineCpus, combineMemory } from '../core/proc/capacity.ts';
import {
  findMemoryGroups,
  type MemoryGroup,
  readMemoryUsage,
  readQuota,
} from '../core/proc/cgroup-limits.ts';
import { placeCgroups } from '../core/proc/cgroup-place.ts';
import { type LoadAverages, parseLoadavg } from '../core/proc/loadavg.ts';
import { type HostMemory, parseMeminfo } from '../core/proc/meminfo.ts';
import { parsePressure } from '../core/proc/pressure.ts';
import { readText } from './measure-files.ts';
import { createTaskCounter, isOwnPidNamespace } from './measure-tasks.ts';

export interface Measurer {
  /** Cheap enough for five times a second: memory is read every second, limits every ten. */
  sample(): Measurement;
}

export interface MeasurerOptions {
  /** Where proc is mounted: /proc. */
  readonly procfs: string;
  /** What stands for /sys in the mount points of the cgroups: /sys. */
  readonly sysfs: string;
  /** A clock that never goes back; the system's where none is given. */
  readonly nowMs?: () => number;
}

/** Throws an `Error` of one line where `procfs` is not a proc file system. */
export function createMeasurer(options: MeasurerOptions): Measurer {
  const { procfs, sysfs, nowMs = () => performance.now() } = options;
  let load = readFirstLoad(procfs);
  let host: HostMemory = { totalBytes: totalmem(), availableBytes: freemem() };

  function readHostMemory(): HostMemory {
    host = parseMeminfo(readText(`${procfs}/meminfo`) ?? '') ?? host;
    return host;
  }

  const limits = keepFor(LIMITS_MS, nowMs, () =>
    readLimits(procfs, sysfs, readHostMemory().totalBytes),
  );
  const memory = keepFor(MEMORY_MS, nowMs, () =>
    combineMemory(
      readHostMemory(),
      parsePressure(readText(`${procfs}/pressure/memory`) ?? '') ?? 0,
      limits().memoryGroups.map((group) => readMemoryUsage(readText, group)),
    ),
  );
  const countTasks = isOwnPidNamespace(procfs) ? createTaskCounter(procfs, nowMs) : undefined;

  return {
    sample() {
      load = parseLoadavg(readText(`${procfs}/loadavg`) ?? '') ?? load;
      return {
        // Whoever reads loadavg is running, and counted.
        runnable: countTasks ? countTasks() : Math.max(0, load.runnable - 1),
        loadavg: load.oneMinute,
        cpus: limits().cpus,
        ...memory(),
      };
    },
  };
}

const MEMORY_MS = 1000;
const LIMITS_MS = 10_000;

function readFirstLoad(procfs: string): LoadAverages {
  const path = `${procfs}/loadavg`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`cannot read ${path} (${code}): --path.procfs must name a mounted /proc`, {
      cause: error,
    });
  }
  const load = parseLoadavg(text);
  if (load) return load;
  const line = JSON.stringify(text.slice(0, 60));
  throw new Error(`${path} holds ${line}, not a line such as "0.20 0.18 0.12 1/80 11206"`);
}

interface Limits {
  readonly cpus: number;
  readonly memoryGroups: readonly MemoryGroup[];
}

function readLimits(procfs: string, sysfs: string, totalBytes: number): Limits {
  const places = placeCgroups(
    readText(`${procfs}/self/cgroup`) ?? '',
    readText(`${procfs}/self/mountinfo`) ?? '',
    sysfs,
  );
  const affinity = parseAffinity(readText(`${procfs}/self/status`) ?? '');
  return {
    cpus: combineCpus(affinity ?? availableParallelism(), readQuota(readText, places)),
    memoryGroups: findMemoryGroups(readText, places, totalBytes),
  };
}

/** Computes a value when it is asked for, and not again before `keepMs` have passed. */
function keepFor<T>(keepMs: number, nowMs: () => number, compute: () => T): () => T {
  let value: T;
  let dueMs = -Infinity;
  return () => {
    const now = nowMs();
    if (now >= dueMs) {
      dueMs = now + keepMs;
      value = compute();
    }
    return value;
  };
}
