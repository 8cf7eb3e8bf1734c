/** How long a placement on another node takes, four probes and the reservation included. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectControl,
  countersOf,
  printIfMain,
  quantile,
  row,
  startDaemons,
  waitForTables,
  wishes,
} from './cluster.mjs';

const NODES = 5;
const WARM_UP = 500;
const PLACEMENTS = 1500;
/** Figures younger than 5 ms are not asked for again, and each placement is to ask. */
const PAUSE_MS = 6;

/** On another node, so that it is reserved there. */
const elsewhere = { ...wishes, exclude: ['h1'] };

export default async function run() {
  const cluster = await startDaemons(NODES);
  try {
    await waitForTables(cluster.daemons, NODES);
    const link = await connectControl(cluster.daemons[0].socket);
    const times = [];
    const probesBefore = (await countersOf(cluster.daemons[0])).packetsSent;
    for (let count = 0; count < WARM_UP + PLACEMENTS; count += 1) {
      const startedMs = performance.now();
      const { job } = await link.ask({ op: 'place', wishes: elsewhere, explain: false });
      if (count >= WARM_UP) times.push(performance.now() - startedMs);
      link.tell({ op: 'ended', job });
      await sleep(PAUSE_MS);
    }
    link.close();
    const probes = (await countersOf(cluster.daemons[0])).packetsSent - probesBefore;
    times.sort((a, b) => a - b);
    return [
      row('dshd placement', 'packets sent for each', probes / (WARM_UP + PLACEMENTS), ''),
      row('dshd placement', 'one after the other, p50', quantile(times, 0.5), 'ms', '<= 1'),
      row('dshd placement', 'one after the other, p99', quantile(times, 0.99), 'ms', '<= 5'),
    ];
  } finally {
    await cluster.close();
  }
}

await printIfMain(import.meta.url, run);
