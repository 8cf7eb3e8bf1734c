/** Two hundred daemons on one machine: when each knows all, and what each takes, beside the model. */
import { setTimeout as sleep } from 'node:timers/promises';
import { countersOf, printIfMain, row, startDaemons, usageOf, waitForTables } from './cluster.mjs';

const NODES = Number(process.env.BENCH_DAEMONS ?? 200);
const MEASURE_MS = 15_000;
const TICK_S = 1.5;
const FAN_OUT_MAX = 32;
const RELAYED_MAX = 64;
/** A statement of one record and its headers; each relayed record. */
const STATE_BYTES = 66;
const RECORD_BYTES = 20;

export default async function run() {
  const startedMs = performance.now();
  const cluster = await startDaemons(NODES);
  try {
    const { daemons } = cluster;
    // Two hundred processes start for longer than they take to find each other.
    await waitForTables(daemons, 1, 180_000);
    const startMs = performance.now() - startedMs;
    const completeMs = await waitForTables(daemons, NODES, 180_000);
    const sample = daemons.filter((_, index) => index % 10 === 0);
    const before = await Promise.all(sample.map(measure));
    const measuredMs = performance.now();
    await sleep(MEASURE_MS);
    const seconds = (performance.now() - measuredMs) / 1000;
    const after = await Promise.all(sample.map(measure));
    const mean = (read) =>
      after.reduce((sum, each, index) => sum + read(each) - read(before[index]), 0) /
      sample.length /
      seconds;
    const told = Math.min(NODES - 1, FAN_OUT_MAX);
    const relayed = Math.min(NODES - 1 - told, RELAYED_MAX);
    const modelBytes = (told / TICK_S) * (STATE_BYTES + relayed * RECORD_BYTES);
    const bench = `dshd x ${NODES}`;
    return [
      row(bench, 'all started after', startMs / 1000, 's'),
      row(bench, 'all tables complete after the last start', completeMs / 1000, 's', '<= 10'),
      row(
        bench,
        'sent by each',
        mean(({ bytesSent }) => bytesSent),
        'B/s',
      ),
      row(bench, 'sent by each, by the model', modelBytes, 'B/s'),
      row(
        bench,
        'packets sent by each',
        mean(({ packetsSent }) => packetsSent),
        '1/s',
      ),
      row(bench, 'packets sent by each, by the model', told / TICK_S, '1/s'),
      row(bench, 'CPU of each', 100 * mean(({ cpuSeconds }) => cpuSeconds), '% of a core'),
      row(bench, 'resident set', Math.max(...after.map((each) => each.residentMiB)), 'MiB'),
    ];
  } finally {
    await cluster.close();
  }
}

async function measure(daemon) {
  return { ...(await countersOf(daemon)), ...usageOf(daemon.child.pid) };
}

await printIfMain(import.meta.url, run);
