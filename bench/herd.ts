/** Where 64 `dsh` calls go that start at one instant, under policy `fresh` and under `seed`. */
import { mkdirSync } from 'node:fs';
import { endLab } from '../lab/end.ts';
import { type HerdOptions, startHerd, writeHerdProcfs } from '../lab/herd.ts';
import { startBenchLab } from './bench-lab.ts';
import { median, single } from './figure.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';

const CALLS = 64;
const HOSTS = 8;
/** On all but the first node of the second case, whose four CPUs have nothing to do. */
const BUSY = 4;

type Counts = Readonly<Record<string, number>>;

export async function benchHerd(setting: Setting): Promise<readonly Row[]> {
  const calls = setting.count(CALLS, HOSTS);
  const equal = await compare(setting, 'equal nodes', { calls, busy: () => 0 });
  const busy = (host: string): number => (host === 'h1' ? 0 : BUSY);
  const free = await compare(setting, 'one free node', { calls, busy });
  const most = (counts: Counts): number => Math.max(...Object.values(counts));
  const fewest = (counts: Counts): number => Math.min(...Object.values(counts));
  const onFirst = (counts: Counts): number => counts['h1']!;
  const row = (
    name: string,
    found: Found,
    read: (counts: Counts) => number,
    share: number,
    isLimited = true,
  ): Row =>
    makeRow(['herd', `${calls} calls, ${name}`], median(found.fresh.map(read)), 'jobs', {
      goal: isLimited ? { relation: '<=', limit: 2 * share, basis: '2 x its share' } : undefined,
      peers: { 'policy seed': median(found.seed.map(read)), 'an equal share': single(share) },
    });
  return [
    row(`${HOSTS} equal nodes: most on a node`, equal, most, calls / HOSTS),
    row(`${HOSTS} equal nodes: fewest on a node`, equal, fewest, calls / HOSTS, false),
    row(
      `${HOSTS} nodes of which one is free: on that one`,
      free,
      onFirst,
      (calls + (HOSTS - 1) * BUSY) / HOSTS,
    ),
  ];
}

interface Found {
  readonly fresh: Counts[];
  readonly seed: Counts[];
}

async function compare(
  setting: Setting,
  what: string,
  options: Pick<HerdOptions, 'calls' | 'busy'>,
): Promise<Found> {
  const found: Found = { fresh: [], seed: [] };
  for (let round = setting.count(5, 1); round > 0; round -= 1) {
    for (const policy of ['fresh', 'seed'] as const) {
      const counts = await runHerd(setting, policy, options);
      setting.say(`${what}, policy ${policy}: ${Object.values(counts).join(' ')}`);
      found[policy].push(counts);
    }
  }
  return found;
}

/** On a cluster of its own: nobody remembers the herd before. */
async function runHerd(
  setting: Setting,
  policy: string,
  { calls, busy }: Pick<HerdOptions, 'calls' | 'busy'>,
): Promise<Counts> {
  const directory = `${setting.directory}/herd-${performance.now()}`;
  mkdirSync(directory);
  const procfs = (host: string): string => `${directory}/${host}`;
  const options: HerdOptions = { calls, directory, procfs, ...(busy && { busy }) };
  for (let number = 1; number <= HOSTS; number += 1) writeHerdProcfs(options, `h${number}`);
  const dshdOptions = (): readonly string[] => ['--policy', policy];
  const lab = await startBenchLab(setting, { hosts: HOSTS, tier: 'loopback', procfs, dshdOptions });
  const own = lab.hosts.map(({ name }) => lab.runFrom(name, ['dsh', '-H', name, 'true']));
  // The agents have started: the calls come together, and not they.
  await Promise.all(own);
  const counts = await startHerd(lab, options);
  await endLab(lab.directory);
  return counts;
}
