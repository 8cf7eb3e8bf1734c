/** Slurm: a controller on the submitting host and a slurmd on each node of a lab in namespaces. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Lab } from '../../lab/cluster.ts';
import { waitUntil } from '../../lab/wait.ts';
import type { Setting } from '../setting.ts';

export interface Slurm {
  /** The words up to the command, for a shell. */
  readonly command: string;
}

const SLOTS = 8;
const READY_MS = 60_000;

/** Undefined, and said, when it does not come up. All of it is under the lab and ends with it. */
export async function startSlurm(
  setting: Setting,
  lab: Lab,
  nodes: readonly string[],
): Promise<Slurm | undefined> {
  const directory = `${lab.directory}/slurm`;
  for (const name of ['state', ...nodes]) mkdirSync(`${directory}/${name}`, { recursive: true });
  const file = `${directory}/slurm.conf`;
  writeFileSync(file, configuration(lab, directory, nodes));
  const environment = { SLURM_CONF: file };
  const start = (host: string, words: readonly string[]): Promise<unknown> =>
    lab.runFrom(host, words, { environment });
  try {
    await start('h1', ['slurmctld', '-i', '-L', `${directory}/slurmctld.log`]);
    for (const node of nodes) await start(node, ['slurmd', '-N', node]);
    await waitUntil(
      'slurm to run a command',
      async () => {
        const words = ['srun', `-N${nodes.length}`, 'true'];
        const { status } = await lab.runFrom('h1', words, { environment, deadlineMs: READY_MS });
        return status === 0;
      },
      READY_MS,
    );
  } catch (error) {
    setting.say(`left out: srun: ${(error as Error).message}`);
    return undefined;
  }
  return { command: `env SLURM_CONF=${file} srun -Q -n1` };
}

/**
 * No munge: the lab is of one user, and packets reach nobody else. Slots are CPUs that are made up,
 * for the jobs to run as many at a time as those of the others.
 */
function configuration(lab: Lab, directory: string, nodes: readonly string[]): string {
  const controller = lab.host('h1').address;
  const lines = {
    ClusterName: 'bench',
    SlurmctldHost: `h1(${controller})`,
    SlurmUser: 'root',
    AuthType: 'auth/none',
    CredType: 'cred/none',
    ProctrackType: 'proctrack/linuxproc',
    TaskPlugin: 'task/none',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_Core',
    SlurmdParameters: 'config_overrides',
    MpiDefault: 'none',
    ReturnToService: '2',
    StateSaveLocation: `${directory}/state`,
    SlurmdSpoolDir: `${directory}/%n`,
    SlurmdPidFile: `${directory}/%n.pid`,
    SlurmctldPidFile: `${directory}/slurmctld.pid`,
    SlurmdLogFile: `${directory}/%n.log`,
    SchedulerParameters: 'sched_min_interval=0,defer_batch=no',
  };
  return [
    ...Object.entries(lines).map(([name, value]) => `${name}=${value}`),
    ...nodes.map(
      (node) => `NodeName=${node} NodeAddr=${lab.host(node).address} CPUs=${SLOTS} State=UNKNOWN`,
    ),
    `PartitionName=all Nodes=${nodes.join(',')} Default=YES MaxTime=INFINITE State=UP`,
    '',
  ].join('\n');
}
