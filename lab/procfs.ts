/** A made-up /proc for `dshd --path.procfs`: a host then seems as busy or as full as a test says. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';

export interface ProcfsFigures {
  /** Threads that run, the daemon that reads the file left out. */
  readonly runnable?: number;
  readonly loadavg?: number;
  readonly cpus?: number;
  readonly totalBytes?: number;
  readonly freeBytes?: number;
}

/** Writes the files, each in one step: a daemon that reads meanwhile sees the old or the new. */
export function writeProcfs(directory: string, figures: ProcfsFigures = {}): void {
  mkdirSync(`${directory}/self`, { recursive: true });
  for (const [name, text] of Object.entries(procfsFiles(figures))) {
    writeFileSync(`${directory}/${name}.new`, text);
    renameSync(`${directory}/${name}.new`, `${directory}/${name}`);
  }
}

/** The files that dshd reads, by name; there are no cgroups and therefore no limits. */
export function procfsFiles(figures: ProcfsFigures): Readonly<Record<string, string>> {
  const {
    runnable = 0,
    loadavg = 0,
    cpus = 1,
    totalBytes = 8 * GIBIBYTE,
    freeBytes = totalBytes / 2,
  } = figures;
  const averages = Array.from({ length: 3 }, () => loadavg.toFixed(2)).join(' ');
  return {
    // Whoever reads loadavg is running and is counted in it.
    loadavg: `${averages} ${runnable + 1}/${runnable + 100} 4567\n`,
    meminfo: [
      `MemTotal:       ${kilobytes(totalBytes)}`,
      `MemFree:        ${kilobytes(freeBytes)}`,
      `MemAvailable:   ${kilobytes(freeBytes)}`,
      '',
    ].join('\n'),
    'self/status': `Name:\tdshd\nCpus_allowed_list:\t${cpus === 1 ? '0' : `0-${cpus - 1}`}\n`,
    'self/cgroup': '0::/\n',
    'self/mountinfo': '',
  };
}

const GIBIBYTE = 2 ** 30;

/** The kernel writes kB and means 1024 bytes. */
function kilobytes(bytes: number): string {
  return `${Math.floor(bytes / 1024)} kB`.padStart(12);
}
