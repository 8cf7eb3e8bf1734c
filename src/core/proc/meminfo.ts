import { parseNamedFigure } from './figures.ts';

export interface HostMemory {
  readonly totalBytes: number;
  /** What programs can still have without swapping. */
  readonly availableBytes: number;
}

/** Reads /proc/meminfo. */
export function parseMeminfo(text: string): HostMemory | undefined {
  const total = parseNamedFigure(text, 'MemTotal:');
  const available = parseNamedFigure(text, 'MemAvailable:') ?? guessAvailable(text);
  if (!total || available === undefined) return undefined;
  return {
    totalBytes: total * BYTES_PER_KIB,
    availableBytes: Math.min(total, available) * BYTES_PER_KIB,
  };
}

/** The file says kB and means 1024 bytes. */
const BYTES_PER_KIB = 1024;

/**
 * Linux before 3.14 (and some containers' meminfo) has no MemAvailable. What can be given back is
 * the page cache and the reclaimable slab; Cached includes shared memory, which cannot.
 */
function guessAvailable(text: string): number | undefined {
  const free = parseNamedFigure(text, 'MemFree:');
  if (free === undefined) return undefined;
  const cache =
    (parseNamedFigure(text, 'Buffers:') ?? 0) +
    (parseNamedFigure(text, 'Cached:') ?? 0) +
    (parseNamedFigure(text, 'SReclaimable:') ?? 0) -
    (parseNamedFigure(text, 'Shmem:') ?? 0);
  return free + Math.max(0, cache);
}
