/**
 * Questions for the best node on TCP port 8282, a connection each, from concurrent clients in
 * processes of their own. The clients take more of the machine than the daemon, so what a whole core
 * would answer is shown too.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ports,
  printIfMain,
  readPort,
  row,
  startDaemons,
  usageOf,
  waitForTables,
} from './cluster.mjs';

const NODES = 4;
const PROCESSES = 2;
const CLIENTS = 32;
const WARM_UP_MS = 3000;
const MEASURE_MS = 5000;

export default async function run() {
  const cluster = await startDaemons(NODES);
  try {
    await waitForTables(cluster.daemons, NODES);
    const [{ address, child }] = cluster.daemons;
    const counts = { answered: 0, empty: 0 };
    const askers = Array.from({ length: PROCESSES }, () => {
      const asker = fork(new URL(import.meta.url).pathname, ['ask', address]);
      asker.on('message', ({ answered, empty }) => {
        counts.answered += answered;
        counts.empty += empty;
      });
      return asker;
    });
    await sleep(WARM_UP_MS);
    const before = { ...counts, at: performance.now(), ...usageOf(child.pid) };
    await sleep(MEASURE_MS);
    const answered = counts.answered - before.answered;
    const seconds = (performance.now() - before.at) / 1000;
    const cpuSeconds = usageOf(child.pid).cpuSeconds - before.cpuSeconds;
    const ends = askers.map((asker) => once(asker, 'exit'));
    for (const asker of askers) asker.kill();
    await Promise.all(ends);
    const name = `answered to ${PROCESSES * CLIENTS} clients`;
    return [
      row('dshd best port', name, answered / seconds, '1/s', '>= 5000'),
      row('dshd best port', 'answered in a second of CPU', answered / cpuSeconds, '1/s', '>= 5000'),
      row('dshd best port', 'connections without an answer', counts.empty, '', '<= 0'),
    ];
  } finally {
    await cluster.close();
  }
}

/** In a process of its own: asks without a pause, and says how often it was answered. */
function askForEver(address) {
  let counts = { answered: 0, empty: 0 };
  const client = async () => {
    for (;;) counts[(await readPort(address, ports.best)) === '' ? 'empty' : 'answered'] += 1;
  };
  for (let index = 0; index < CLIENTS; index += 1) void client();
  setInterval(() => {
    process.send(counts);
    counts = { answered: 0, empty: 0 };
  }, 100);
}

if (process.argv[2] === 'ask') askForEver(process.argv[3]);
else await printIfMain(import.meta.url, run);
