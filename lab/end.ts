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
  signalProcess,
  waitUntilGone,
} from './process-table.ts';
import { removeQuotas } from './quota.ts';
import { type LabRecord, readRecord } from './record.ts';

/**
 * Ends every process of the lab in `directory` and removes the directory. Does nothing where there
 * is no lab, so it may be called twice.
 */
export async function endLab(directory: string): Promise<void> {
  const record = readRecord(directory);
  if (record === undefined) return;
  const stragglers = findStragglers(directory);
  const roots = [...record.processes, ...stragglers];
  if (descendantsOf(listProcesses(), roots).some(({ pid }) => pid === process.pid)) {
    throw new Error(`the lab in ${directory} cannot be ended by a command that runs on it`);
  }
  await endMachines(record, stragglers);
  await endTrees(roots);
  await removeQuotas(directory);
  rmSync(directory, { recursive: true, force: true });
}

/**
 * The first process of a machine takes all others there along, once their parents have waited for
 * them. So whoever entered from outside must neither be stopped nor be killed before.
 */
async function endMachines(
  record: LabRecord,
  stragglers: readonly ProcessIdentity[],
): Promise<void> {
  const machines = record.processes.filter(({ program }) => program === 'machine');
  if (machines.length === 0) return;
  for (const machine of machines) signalProcess(machine, 'SIGKILL');
  for (const straggler of stragglers) signalProcess(straggler, 'SIGCONT');
  await waitUntilGone(machines);
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
