/** What dshd costs where 33 nodes know each other, how fast it answers, and what 200 take. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab/cluster.ts';
import { endLab } from '../lab/end.ts';
import { ports, readPort } from '../lab/network.ts';
import { writeProcfs } from '../lab/procfs.ts';
import type { Wishes } from '../src/core/wire/control.ts';
import { connectDaemon } from '../src/node/control-client.ts';
import { startBenchLab } from './bench-lab.ts';
import { measureCrowd } from './crowd.ts';
import { type Figure, median, percentile, single } from './figure.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { readCpuNanoseconds, readProportionalMebibytes, readResidentMebibytes } from './usage.ts';

const HOSTS = 33;
const CPU_PERCENT_MAX = 0.5;
const MEBIBYTES_MAX = 60;
const ASKING_AT_ONCE = 8;

export async function benchDaemon(setting: Setting): Promise<readonly Row[]> {
  const hosts = setting.count(HOSTS, 4);
  // This machine's own load would make the figure one of what else runs on it.
  const procfs = (host: string): string => `${setting.directory}/proc-${host}`;
  for (let number = 1; number <= hosts; number += 1) writeProcfs(procfs(`h${number}`));
  const lab = await startBenchLab(setting, { hosts, tier: 'embedded', procfs });
  // Starting up is not what a daemon does all day: code is compiled, files are read.
  await sleep(setting.count(10_000, 100));
  const spanMs = setting.count(30_000, 500);
  const atRest = await measureCpu(lab, spanMs);
  const moving = await withMovingLoads(lab, procfs, () => measureCpu(lab, spanMs));
  const pids = lab.hosts.map(({ pid }) => pid('dshd'));
  const row = (name: string): readonly [string, string] => ['daemon', name];
  const decisions = await timeDecisions(lab, setting.count(5000, 50));
  const rows = [
    makeRow(row(`CPU of a dshd, ${hosts} nodes at rest`), median(atRest), '% of a core', {
      goal: { relation: '<=', limit: CPU_PERCENT_MAX },
    }),
    makeRow(row('the same, all loads moving every second'), median(moving), '% of a core'),
    makeRow(row(`RSS of a dshd, ${hosts} nodes`), median(pids.map(readResidentMebibytes)), 'MiB', {
      goal: { relation: '<=', limit: MEBIBYTES_MAX },
      peers: { 'the same as PSS': median(pids.map(readProportionalMebibytes)) },
    }),
    makeRow(row('a decision on the Unix socket, p50'), median(decisions), 'ms'),
    makeRow(row('a decision on the Unix socket, p99'), percentile(decisions, 99), 'ms'),
    makeRow(row('best node on port 8282'), await countBest(lab, setting.count(5000, 300)), '/s'),
  ];
  await endLab(lab.directory);
  return [...rows, ...(await measureCrowd(setting))];
}

/** A load that moves by more than a job is told at once to everybody: the most that there is to do. */
async function withMovingLoads<T>(
  lab: Lab,
  procfs: (host: string) => string,
  action: () => Promise<T>,
): Promise<T> {
  let runnable = 0;
  const timer = setInterval(() => {
    runnable = runnable === 0 ? 4 : 0;
    for (const { name } of lab.hosts) writeProcfs(procfs(name), { runnable });
  }, 1000);
  try {
    return await action();
  } finally {
    clearInterval(timer);
    for (const { name } of lab.hosts) writeProcfs(procfs(name));
  }
}

/** Of each daemon, the share of a core that it used over this time. */
async function measureCpu(lab: Lab, spanMs: number): Promise<readonly number[]> {
  const pids = lab.hosts.map(({ pid }) => pid('dshd'));
  const startMs = performance.now();
  const before = pids.map(readCpuNanoseconds);
  await sleep(spanMs);
  const after = pids.map(readCpuNanoseconds);
  const tookNs = (performance.now() - startMs) * 1e6;
  return after.map((used, index) => (100 * (used - before[index]!)) / tookNs);
}

/** Milliseconds from a request to its answer: four nodes are asked over UDP, and one reserves. */
async function timeDecisions(lab: Lab, count: number): Promise<readonly number[]> {
  const { socket } = lab.host('h1');
  const link = await connectDaemon([socket]);
  if (!link) throw new Error(`no dshd answers at ${socket}`);
  const taken: number[] = [];
  while (taken.length < count) {
    const startMs = performance.now();
    const reply = await link.place(anyOther, false);
    taken.push(performance.now() - startMs);
    if (reply.op === 'refused') throw new Error(`a decision was refused: ${reply.reason}`);
    link.ended(reply.job);
  }
  link.close();
  return taken;
}

/** A choice of this node would need no reservation elsewhere, and be faster than most. */
const anyOther: Wishes = { only: [], exclude: ['h1'], order: [], cpus: 1, memoryBytes: 0 };

/** Answers a second, with several clients at a time. */
async function countBest(lab: Lab, spanMs: number): Promise<Figure> {
  const { address } = lab.host('h1');
  const startMs = performance.now();
  let answers = 0;
  const askAgain = async (): Promise<void> => {
    while (performance.now() - startMs < spanMs) {
      if ((await readPort(address, ports.best)) === '') throw new Error('port 8282 named no node');
      answers += 1;
    }
  };
  await Promise.all(Array.from({ length: ASKING_AT_ONCE }, askAgain));
  const rate = (1000 * answers) / (performance.now() - startMs);
  return { ...single(rate), samples: answers };
}
