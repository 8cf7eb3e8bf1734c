/** The end of a lab, whoever started it and however far it came. */
import { rmSync } from 'node:fs';
import { LAB_VARIABLE } from './configuration.ts';
import {
  descendantsOf,
  endTrees,
  findByArguments,
  findByVariable,
  listProcesses,
  type ProcessIdentity,
} from './process-table.ts';
import { readRecord } from './record.ts';

/**
 * Ends every process of the lab in `directory` and removes the directory. Does nothing where there
 * is no lab, so it may be called twice.
 */
export async function endLab(directory: string): Promise<void> {
  const record = readRecord(directory);
  if (record === undefined) return;
  const roots = [...record.processes, ...findStragglers(directory)];
  if (descendantsOf(listProcesses(), roots).some(({ pid }) => pid === process.pid)) {
    throw new Error(`the lab in ${directory} cannot be ended by a command that runs on it`);
  }
  await endTrees(roots);
  rmSync(directory, { recursive: true, force: true });
}

/** Users' background programs: their parent has ended, so they are found by what they carry. */
function findStragglers(directory: string): readonly ProcessIdentity[] {
  return [
    ...findByVariable(`${LAB_VARIABLE}=${directory}`),
    ...findByArguments((words) =>
      words.some((word, index) => word.startsWith(directory) && words[index - 1] === '--agent'),
    ),
  ];
}
