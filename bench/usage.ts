/** What a process uses, as /proc tells. */
import { readdirSync, readFileSync } from 'node:fs';

/** Processor time of all its threads so far. stat(5) counts in 10 ms, this in nanoseconds. */
export function readCpuNanoseconds(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.reduce((sum, task) => {
    const text = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8');
    return sum + Number(text.split(' ')[0]);
  }, 0);
}

/** All its resident pages, those that it shares with others included. */
export function readResidentMebibytes(pid: number): number {
  return readKibibytes(`/proc/${pid}/status`, 'VmRSS') / 1024;
}

/** Its resident pages, each divided by the number of processes that share it. */
export function readProportionalMebibytes(pid: number): number {
  return readKibibytes(`/proc/${pid}/smaps_rollup`, 'Pss') / 1024;
}

function readKibibytes(file: string, name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(file, 'utf8'));
  if (!line) throw new Error(`${file}: no line ${name}`);
  return Number(line[1]);
}
