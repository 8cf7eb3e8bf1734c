/** What a daemon of a cluster of 33, the largest full mesh, takes while nothing is placed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { printIfMain, row, startDaemons, usageOf, waitForTables } from './cluster.mjs';

const NODES = 33;
const SETTLE_MS = 5000;
const MEASURE_MS = Number(process.env.BENCH_IDLE_MS ?? 60_000);

export default async function run() {
  const cluster = await startDaemons(NODES);
  try {
    await waitForTables(cluster.daemons, NODES);
    await sleep(SETTLE_MS);
    const pids = cluster.daemons.map(({ child }) => child.pid);
    const before = pids.map(usageOf);
    await sleep(MEASURE_MS);
    const after = pids.map(usageOf);
    const shares = after.map((usage, index) => usage.cpuSeconds - before[index].cpuSeconds);
    const cpu = (100_000 * shares.reduce((sum, share) => sum + share, 0)) / NODES / MEASURE_MS;
    const resident = Math.max(...after.map(({ residentMiB }) => residentMiB));
    return [
      row('dshd idle', `CPU at ${NODES} nodes`, cpu, '% of a core', '<= 0.5'),
      row('dshd idle', `largest resident set at ${NODES} nodes`, resident, 'MiB', '<= 60'),
    ];
  } finally {
    await cluster.close();
  }
}

await printIfMain(import.meta.url, run);
