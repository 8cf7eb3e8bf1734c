/** Many short commands, 16 at a time, on four nodes. */
import { writeFileSync } from 'node:fs';
import type { Lab } from '../lab/cluster.ts';
import { startBenchLab } from './bench-lab.ts';
import { type Figure, median, scale } from './figure.ts';
import { parallelCommand } from './peers/parallel.ts';
import { multiplexedSsh, openMasters } from './peers/ssh.ts';
import { startSlurm } from './peers/slurm.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { type Timed, timeInTurn } from './timing.ts';
import { warmUp } from './warm-up.ts';

const AT_A_TIME = 16;
const RATE_MIN = 450;
const SPEED_UP = { 'ssh, ControlMaster': 3, 'GNU parallel --controlmaster': 10 };

type Contender = 'dsh' | 'ssh' | 'master' | 'parallel' | 'srun';

export async function benchThroughput(setting: Setting): Promise<readonly Row[]> {
  const lab = await startBenchLab(setting, { hosts: 5 });
  const nodes = lab.hosts.map(({ name }) => name).filter((name) => name !== 'h1');
  await openMasters(lab, 'h1', nodes);
  await warmUp(lab, 'h1', nodes);
  const counts = countJobs(setting);
  const taken = await timeInTurn(setting, lab, 'h1', {
    commands: await contenders(setting, lab, nodes, counts),
    rounds: setting.count(3, 1),
  });
  const perJob = (name: Contender): Figure | undefined =>
    taken[name].length === 0 ? undefined : scale(median(taken[name]), (ms) => ms / counts[name]);
  return makeRows(perJob);
}

/** The others are slow and get fewer; what they take is compared job by job. */
function countJobs(setting: Setting): Readonly<Record<Contender, number>> {
  return {
    dsh: setting.count(2000, 32),
    ssh: setting.count(1000, 32),
    master: setting.count(400, 16),
    parallel: setting.count(200, 16),
    srun: setting.count(200, 16),
  };
}

async function contenders(
  setting: Setting,
  lab: Lab,
  nodes: readonly string[],
  counts: Readonly<Record<Contender, number>>,
): Promise<Readonly<Partial<Record<Contender, Timed>>>> {
  const crowd = `xargs -P${AT_A_TIME}`;
  const master = multiplexedSsh(lab).join(' ');
  const hosts = `${setting.directory}/round-robin`;
  const turns = Array.from({ length: counts.ssh }, (_, index) => nodes[index % nodes.length]);
  writeFileSync(hosts, turns.map((name) => `${name}\n`).join(''));
  const shell = (text: string): Timed => ({ words: ['sh', '-c', text] });
  const isParallel = setting.has('GNU parallel', ['parallel']);
  // A slurmd on each node: it takes the host's name for its own, so the hosts must be namespaces.
  const slurm =
    setting.has('srun', ['slurm-wlm', 'root', 'iproute2']) &&
    (await startSlurm(setting, lab, nodes));
  return {
    dsh: shell(`seq ${counts.dsh} | ${crowd} -n1 dsh -x h1 true`),
    ssh: shell(`${crowd} -I{} ${master} {} true <${hosts}`),
    ...(isParallel && {
      master: shell(`seq ${counts.master} | ${parallelCommand(lab, nodes, AT_A_TIME, true)} true`),
      parallel: shell(
        `seq ${counts.parallel} | ${parallelCommand(lab, nodes, AT_A_TIME, false)} true`,
      ),
    }),
    ...(slurm && { srun: shell(`seq ${counts.srun} | ${crowd} -n1 ${slurm.command} true`) }),
  };
}

function makeRows(perJob: (name: Contender) => Figure | undefined): readonly Row[] {
  const peers = {
    'ssh, ControlMaster': perJob('ssh'),
    'GNU parallel --controlmaster': perJob('master'),
    'GNU parallel': perJob('parallel'),
    srun: perJob('srun'),
  };
  const dsh = perJob('dsh')!;
  const name = (what: string): readonly [string, string] => ['throughput', what];
  const ratios = Object.entries(SPEED_UP).flatMap(([peer, limit]) => {
    const other = peers[peer as keyof typeof SPEED_UP];
    if (!other) return [];
    const times = scale(dsh, (ms) => other.value / ms);
    return [makeRow(name(`as fast as ${peer}`), times, 'x', { goal: { relation: '>=', limit } })];
  });
  return [
    makeRow(name('true, 16 at a time, 4 nodes: per job'), dsh, 'ms', { peers }),
    makeRow(
      name('the same, as a rate'),
      scale(dsh, (ms) => 1000 / ms),
      'jobs/s',
      { goal: { relation: '>=', limit: RATE_MIN } },
    ),
    ...ratios,
  ];
}
