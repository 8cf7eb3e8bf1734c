/** Two hundred daemons on one machine: when each knows all, and what each takes beside the model. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterFile, daemonArguments, type HostPlace, keyFile } from '../lab/configuration.ts';
import { namesInTable } from '../lab/dshd.ts';
import { claimNetwork, ports, readPort } from '../lab/network.ts';
import { writeProcfs } from '../lab/procfs.ts';
import { builtDaemon } from '../lab/project.ts';
import { waitUntil } from '../lab/wait.ts';
import { TICK_MS } from '../src/core/daemon-state.ts';
import { FAN_OUT_MAX } from '../src/core/thresholds.ts';
import { PACKET_HEADER_BYTES, RELAYED_MAX } from '../src/core/wire/packet.ts';
import { RECORD_BYTES } from '../src/core/wire/record.ts';
import { connectDaemon } from '../src/node/control-client.ts';
import { type Figure, median, percentile, single } from './figure.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { readCpuNanoseconds, readResidentMebibytes } from './usage.ts';

const DAEMONS = 200;
const COMPLETE_SECONDS_MAX = 10;
/** Starting a process takes more than all it does later: no more of them at a time than help. */
const STARTED_AT_ONCE = 4;
const START_DEADLINE_MS = 300_000;
/** What STATE says besides records. */
const STATEMENT_BYTES = 8;

export async function measureCrowd(setting: Setting): Promise<readonly Row[]> {
  const count = setting.count(DAEMONS, 6);
  setting.say(`${count} daemons on loopback addresses`);
  const hosts = await startCrowd(setting, count);
  const startedMs = performance.now();
  await Promise.all(hosts.map((host) => waitForTable(host, count)));
  const completeSeconds = (performance.now() - startedMs) / 1000;
  await sleep(setting.count(10_000, 100));
  const before = await Promise.all(hosts.map(readUsage));
  const beforeMs = performance.now();
  await sleep(setting.count(30_000, 1000));
  const after = await Promise.all(hosts.map(readUsage));
  const seconds = (performance.now() - beforeMs) / 1000;
  const rate = (read: (usage: Usage) => number): Figure =>
    median(after.map((usage, index) => (read(usage) - read(before[index]!)) / seconds));
  const told = Math.min(count - 1, FAN_OUT_MAX);
  const relayed = Math.min(count - 1 - told, RELAYED_MAX);
  const packetsModel = told / (TICK_MS / 1000);
  const stateBytes = PACKET_HEADER_BYTES + STATEMENT_BYTES + (1 + relayed) * RECORD_BYTES;
  const row = (name: string): readonly [string, string] => ['daemon', `${count} nodes: ${name}`];
  const model = (value: number): { readonly peers: Record<string, Figure> } => ({
    peers: { 'by the model': single(value) },
  });
  return [
    makeRow(row('all tables complete after the last start'), single(completeSeconds), 's', {
      goal: { relation: '<=', limit: COMPLETE_SECONDS_MAX },
    }),
    makeRow(
      row('CPU of a dshd'),
      rate(({ cpuNs }) => cpuNs / 1e7),
      '% of a core',
    ),
    makeRow(
      row('bytes sent by a dshd'),
      rate(({ bytesSent }) => bytesSent),
      'B/s',
      model(packetsModel * stateBytes),
    ),
    makeRow(
      row('packets sent by a dshd'),
      rate(({ packetsSent }) => packetsSent),
      '/s',
      model(packetsModel),
    ),
    makeRow(
      row('RSS of a dshd, the largest'),
      percentile(
        after.map(({ residentMebibytes }) => residentMebibytes),
        100,
      ),
      'MiB',
    ),
  ];
}

interface CrowdHost extends HostPlace {
  readonly child: ChildProcess;
}

/** Daemons h1 to hN without anything else; they end with the setting. */
async function startCrowd(setting: Setting, count: number): Promise<readonly CrowdHost[]> {
  const directory = `${setting.directory}/crowd`;
  mkdirSync(directory);
  const network = await claimNetwork(count);
  const places = Array.from({ length: count }, (_, index) => {
    const name = `h${index + 1}`;
    return { name, address: network.address(index + 1), directory: `${directory}/${name}` };
  });
  writeFileSync(
    `${directory}/cluster`,
    clusterFile(places, () => ''),
  );
  const key = `1 ${randomBytes(32).toString('hex')}\n`;
  writeFileSync(keyFile(directory), key, { mode: 0o600 });
  const hosts: CrowdHost[] = [];
  setting.atEnd(() => endCrowd(hosts));
  const waiting = [...places];
  async function startNext(): Promise<void> {
    for (let place = waiting.shift(); place; place = waiting.shift()) {
      const host = { ...place, child: startDaemon(directory, place) };
      hosts.push(host);
      await waitForTable(host, 1);
    }
  }
  await Promise.all(Array.from({ length: STARTED_AT_ONCE }, startNext));
  await network.release();
  return hosts;
}

function startDaemon(directory: string, place: HostPlace): ChildProcess {
  mkdirSync(place.directory);
  const procfs = `${place.directory}/proc`;
  writeProcfs(procfs);
  const files = ['--path.procfs', procfs, '--log', `${place.directory}/dshd.log`];
  const words = [builtDaemon(), ...daemonArguments(directory, place), ...files];
  return spawn(process.execPath, words, { stdio: 'ignore' });
}

async function endCrowd(hosts: readonly CrowdHost[]): Promise<void> {
  const running = hosts.filter(({ child }) => child.exitCode === null && child.signalCode === null);
  const ends = running.map(({ child }) => once(child, 'exit'));
  for (const { child } of running) child.kill('SIGTERM');
  await Promise.all(ends);
}

function waitForTable({ name, address, child }: CrowdHost, size: number): Promise<void> {
  return waitUntil(
    `${name} to know ${size} nodes`,
    async () => {
      if (child.exitCode !== null) throw new Error(`dshd of ${name} has ended`);
      return namesInTable(await readPort(address, ports.status)).length >= size;
    },
    START_DEADLINE_MS,
  );
}

interface Usage {
  readonly cpuNs: number;
  readonly residentMebibytes: number;
  readonly bytesSent: number;
  readonly packetsSent: number;
}

async function readUsage({ directory, child }: CrowdHost): Promise<Usage> {
  const link = await connectDaemon([`${directory}/dshd.sock`]);
  if (!link) throw new Error(`no dshd answers in ${directory}`);
  const { bytesSent, packetsSent } = await link.counters();
  link.close();
  const pid = child.pid!;
  const residentMebibytes = readResidentMebibytes(pid);
  return { cpuNs: readCpuNanoseconds(pid), residentMebibytes, bytesSent, packetsSent };
}
