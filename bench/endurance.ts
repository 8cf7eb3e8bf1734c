/**
 * Whether a daemon that places a hundred jobs a second grows: its resident size, and what is left on
 * its heap after a full collection, which is where a leak shows first.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab/cluster.ts';
import { writeProcfs } from '../lab/procfs.ts';
import { waitUntil } from '../lab/wait.ts';
import { noWishes } from '../src/core/wire/control.ts';
import { connectDaemon, type DaemonLink } from '../src/node/control-client.ts';
import { startBenchLab } from './bench-lab.ts';
import { single } from './figure.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { readResidentMebibytes } from './usage.ts';

const HOSTS = 33;
const PLACEMENTS_PER_SECOND = 100;
const JOB_MS = 1000;
/** Where the figures are taken: of half an hour, after 1, 5, 10, 20 and 30 minutes. */
const SHARES = [1 / 30, 1 / 6, 1 / 3, 2 / 3, 1];
/** Until here memory is warmed up: code is compiled, buffers have found their size. */
const WARM_SHARE = 1 / 6;
const RESIDENT_MEBIBYTES_MAX = 60;
const GROWTH_MEBIBYTES_MAX = 1;

export async function benchEndurance(setting: Setting): Promise<readonly Row[]> {
  const minutes = setting.minutes ?? setting.count(30, 0.1);
  const procfs = (host: string): string => `${setting.directory}/proc-${host}`;
  const hosts = setting.count(HOSTS, 4);
  for (let number = 1; number <= hosts; number += 1) {
    writeProcfs(procfs(`h${number}`), { cpus: 4 });
  }
  const lab = await withPreload(heapReporter(setting.directory), () =>
    startBenchLab(setting, { hosts, tier: 'embedded', procfs }),
  );
  const load = startLoad(lab);
  setting.atEnd(load.stop);
  const readings: Reading[] = [];
  const startMs = performance.now();
  for (const share of SHARES) {
    await sleep(share * minutes * 60_000 - (performance.now() - startMs));
    const placed = load.placed();
    for (const host of ['h1', 'h2']) {
      readings.push({ share, host, placed, ...(await readMemory(setting, lab, host)) });
    }
    setting.say(readings.slice(-2).map(describeReading).join('; '));
  }
  await load.stop();
  return listRows(readings, minutes);
}

interface Reading {
  readonly share: number;
  readonly host: string;
  /** Jobs that h1 has placed so far. */
  readonly placed: number;
  readonly residentMebibytes: number;
  readonly heapMebibytes: number;
}

function describeReading({ host, placed, residentMebibytes, heapMebibytes }: Reading): string {
  const sizes = `${residentMebibytes.toFixed(1)} MiB, heap ${heapMebibytes.toFixed(2)} MiB`;
  return `${host} after ${placed} placements: ${sizes}`;
}

function listRows(readings: readonly Reading[], minutes: number): readonly Row[] {
  const row = (name: string): readonly [string, string] => ['endurance', name];
  const roles = { h1: 'that places', h2: 'placed on' };
  return Object.entries(roles).flatMap(([host, role]) => {
    const own = readings.filter((each) => each.host === host);
    const last = own.at(-1)!;
    const warm = own.find(({ share }) => share === WARM_SHARE)!;
    const after = ({ share }: Reading): string => `${Number((share * minutes).toPrecision(2))} min`;
    const heaps = own.map((each) => [after(each), single(each.heapMebibytes)] as const);
    const sizes = own.map((each) => [after(each), single(each.residentMebibytes)] as const);
    const growth = last.heapMebibytes - warm.heapMebibytes;
    const jobs = `${last.placed} placements`;
    return [
      makeRow(row(`RSS of a dshd ${role}, ${jobs}`), single(last.residentMebibytes), 'MiB', {
        goal: { relation: '<=', limit: RESIDENT_MEBIBYTES_MAX },
        peers: Object.fromEntries(sizes),
      }),
      makeRow(row(`its heap after a collection`), single(last.heapMebibytes), 'MiB', {
        peers: Object.fromEntries(heaps),
      }),
      makeRow(row(`growth of that since ${after(warm)}`), single(growth), 'MiB', {
        goal: { relation: '<=', limit: GROWTH_MEBIBYTES_MAX },
      }),
    ];
  });
}

interface Load {
  /** So far. */
  placed(): number;
  stop(): Promise<void>;
}

/**
 * Jobs that start and end; now and then one whose node is said to be unreachable, a hold that nobody
 * ends, and a client that hangs up with all its jobs.
 */
function startLoad(lab: Lab): Load {
  const timers = new Set<NodeJS.Timeout>();
  const { socket } = lab.host('h1');
  let link: Promise<DaemonLink | undefined> = connectDaemon([socket]);
  let count = 0;
  let placed = 0;

  async function placeOne(number: number): Promise<void> {
    const own = await link;
    if (!own) throw new Error(`no dshd answers at ${socket}`);
    if (number % 10 === 9) return void (await own.best(noWishes));
    const reply = await own.place(noWishes, number % 20 === 0);
    if (reply.op === 'refused') return;
    placed += 1;
    if (number % 1000 === 500) return own.unreachable(reply.job);
    own.started(reply.job);
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        own.ended(reply.job);
      },
      JOB_MS * Math.random() * 2,
    );
    timers.add(timer);
  }

  async function reconnect(): Promise<void> {
    const old = await link;
    link = connectDaemon([socket]);
    old?.close();
  }

  const startMs = performance.now();
  const timer = setInterval(() => {
    // Those that a busy machine made late are made up for.
    const due = ((performance.now() - startMs) / 1000) * PLACEMENTS_PER_SECOND;
    for (; count < due; count += 1) {
      if (count % 3000 === 2999) void reconnect();
      // An answer that came too late on a busy machine is no matter of this benchmark.
      placeOne(count).catch(() => {});
    }
  }, 1000 / PLACEMENTS_PER_SECOND);
  return {
    placed: () => placed,
    async stop() {
      clearInterval(timer);
      for (const each of timers) clearTimeout(each);
      (await link)?.close();
    },
  };
}

/** Has every daemon that is started meanwhile run this module first. */
async function withPreload<T>(module: string, action: () => Promise<T>): Promise<T> {
  const before = process.env['NODE_OPTIONS'];
  const source = `data:text/javascript,${encodeURIComponent(module)}`;
  process.env['NODE_OPTIONS'] = `${before ?? ''} --import=${source}`;
  try {
    return await action();
  } finally {
    if (before === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = before;
  }
}

/** On SIGUSR2 a daemon collects its garbage and writes down what is left. */
function heapReporter(directory: string): string {
  return `
    import { renameSync, writeFileSync } from 'node:fs';
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    process.on('SIGUSR2', () => {
      setFlagsFromString('--expose-gc');
      runInNewContext('gc')();
      const file = ${JSON.stringify(directory)} + '/heap-' + process.pid;
      writeFileSync(file + '.new', String(process.memoryUsage().heapUsed));
      renameSync(file + '.new', file);
    });`;
}

async function readMemory(
  setting: Setting,
  lab: Lab,
  host: string,
): Promise<Pick<Reading, 'residentMebibytes' | 'heapMebibytes'>> {
  const pid = lab.host(host).pid('dshd');
  // Before the collection: what a process has is what it is charged with.
  const residentMebibytes = readResidentMebibytes(pid);
  const told = `${setting.directory}/heap-${pid}`;
  rmSync(told, { force: true });
  await lab.host(host).kill('dshd', 'SIGUSR2');
  await waitUntil(`${host} to tell its heap`, () => existsSync(told));
  return { residentMebibytes, heapMebibytes: Number(readFileSync(told, 'utf8')) / 2 ** 20 };
}
