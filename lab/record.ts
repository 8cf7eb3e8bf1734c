/**
 * What a lab has started, kept in DIRECTORY/lab.json so that another program, or this one after a
 * failure half-way, can end it: written at once whenever a process is added.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { HostPlace } from './configuration.ts';
import type { ProcessIdentity } from './process-table.ts';

/**
 * `session`: what an sshd left behind when it alone was killed. `machine` and `wire` hold the
 * namespaces of a netns lab, each host's own and the one that joins them.
 */
export type ProgramName = 'sshd' | 'dshd' | 'session' | 'machine' | 'wire';

export interface RecordedProcess extends ProcessIdentity {
  readonly host: string;
  readonly program: ProgramName;
}

export interface LabRecord {
  readonly hosts: readonly HostPlace[];
  readonly remoteShell: string;
  readonly processes: readonly RecordedProcess[];
}

/** The record of the lab in `directory`; `undefined` where there is none. */
export function readRecord(directory: string): LabRecord | undefined {
  try {
    return JSON.parse(readFileSync(recordFile(directory), 'utf8')) as LabRecord;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export function writeRecord(directory: string, record: LabRecord): void {
  const file = recordFile(directory);
  writeFileSync(`${file}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

function recordFile(directory: string): string {
  return `${directory}/lab.json`;
}
