/**
 * The limits that cgroups set, v1 and v2. The files are read through a function, so that this is
 * the same code over /sys and over a table of texts. `Infinity` is "no limit"; a file that is
 * missing or unreadable sets none.
 */
import type { CgroupPlaces } from './cgroup-place.ts';
import { parseFigure, parseNamedFigure } from './figures.ts';
import { parsePressure } from './pressure.ts';

export type ReadText = (path: string) => string | undefined;

/** A group that may use less memory than the machine has. */
export interface MemoryGroup {
  readonly directory: string;
  readonly version: 1 | 2;
  readonly limitBytes: number;
}

export interface MemoryUsage {
  readonly limitBytes: number;
  /** Without the page cache that is given back first when memory is short. */
  readonly usedBytes: number;
  /** 0 to 1, as `parsePressure`. */
  readonly pressure: number;
}

/** How many CPUs the quotas of the process's groups allow together: the least of them. */
export function readQuota(read: ReadText, places: CgroupPlaces): number {
  const unified = places.unified.map((directory) => parseCpuMax(read(`${directory}/cpu.max`)));
  const cpu = places.cpu.map((directory) =>
    parseCfsQuota(read(`${directory}/cpu.cfs_quota_us`), read(`${directory}/cpu.cfs_period_us`)),
  );
  return Math.min(...unified, ...cpu, Infinity);
}

/**
 * The groups whose limit is below `totalBytes`, the machine's memory. v1 has no word for "none" but
 * a number near 2^63, other ones on other kernels, which this leaves out without knowing them.
 */
export function findMemoryGroups(
  read: ReadText,
  places: CgroupPlaces,
  totalBytes: number,
): MemoryGroup[] {
  const unified = places.unified.map((directory) => ({
    directory,
    version: 2 as const,
    limitBytes: parseLimit(read(`${directory}/memory.max`)),
  }));
  const memory = places.memory.map((directory) => ({
    directory,
    version: 1 as const,
    limitBytes: parseLimit(read(`${directory}/memory.limit_in_bytes`)),
  }));
  return [...unified, ...memory].filter(
    (group) => group.limitBytes > 0 && group.limitBytes < totalBytes,
  );
}

export function readMemoryUsage(read: ReadText, group: MemoryGroup): MemoryUsage {
  const files = memoryFiles[group.version];
  const used = parseLimit(read(`${group.directory}/${files.usage}`), 0);
  const stat = read(`${group.directory}/memory.stat`) ?? '';
  const cached = parseNamedFigure(stat, files.inactive) ?? 0;
  const pressure = parsePressure(read(`${group.directory}/memory.pressure`) ?? '') ?? 0;
  return { limitBytes: group.limitBytes, usedBytes: Math.max(0, used - cached), pressure };
}

/** `total_` figures of v1 include the groups below, as all figures of v2 do. */
const memoryFiles = {
  1: { usage: 'memory.usage_in_bytes', inactive: 'total_inactive_file ' },
  2: { usage: 'memory.current', inactive: 'inactive_file ' },
} as const;

/** The kernel's default, which v2 always writes out. */
const PERIOD_US = 100_000;

/** `50000 100000` is half a CPU, `max 100000` no limit. */
function parseCpuMax(text: string | undefined): number {
  const [quota, period] = text?.trim().split(' ') ?? [];
  return divide(parseFigure(quota), parseFigure(period));
}

/** A quota of -1 is none. */
function parseCfsQuota(quota: string | undefined, period: string | undefined): number {
  return divide(parseFigure(quota?.trim()), parseFigure(period?.trim()));
}

function divide(quotaUs: number | undefined, periodUs = PERIOD_US): number {
  return quotaUs && periodUs ? quotaUs / periodUs : Infinity;
}

function parseLimit(text: string | undefined, fallback = Infinity): number {
  return parseFigure(text?.trim()) ?? fallback;
}
