/** Real daemons on loopback addresses, for the benchmarks beside this file. They end with `close`. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const program = new URL('../../dist/dshd.js', import.meta.url).pathname;
/** Such as `--cpu-prof`. */
const nodeOptions = (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean);
/** Of /proc/PID/stat: USER_HZ, which is 100 on every Linux in use. */
const TICKS_PER_SECOND = 100;
const DEADLINE_MS = 60_000;
export const ports = { status: 8181, best: 8282 };

/** Starts `count` daemons with a key of their own; `extra` are more options for each. */
export async function startDaemons(count, extra = []) {
  const network = await findNetwork();
  const directory = mkdtempSync(join(tmpdir(), 'dsh-bench-'));
  const hosts = Array.from({ length: count }, (_, index) => ({
    name: `h${index + 1}`,
    address: `127.${network}.${1 + Math.floor(index / 200)}.${11 + (index % 200)}`,
  }));
  const lines = hosts.map(({ name, address }) => `${name} address=${address}\n`);
  writeFileSync(join(directory, 'cluster'), lines.join(''));
  const key = `1 ${randomBytes(32).toString('hex')}\n`;
  writeFileSync(join(directory, 'key'), key, { mode: 0o600 });
  const daemons = hosts.map((host) => startDaemon(directory, host, extra));
  const close = async () => {
    const running = daemons.filter(({ child }) => child.exitCode === null);
    const ends = running.map(({ child }) => once(child, 'exit'));
    for (const { child } of running) child.kill('SIGTERM');
    await Promise.all(ends);
    rmSync(directory, { recursive: true });
  };
  return { directory, daemons, close };
}

function startDaemon(directory, { name, address }, extra) {
  const home = join(directory, name);
  mkdirSync(home);
  const socket = join(home, 'dshd.sock');
  const place = ['--file', join(directory, 'cluster'), '--name', name, '--listen', address];
  const files = ['--key', join(directory, 'key'), '--socket', socket, '--state-dir', home];
  const words = [...nodeOptions, program, ...place, ...files, '--log', join(home, 'log'), ...extra];
  const child = spawn(process.execPath, words, { stdio: 'ignore' });
  return { name, address, socket, child, log: () => readFileSync(join(home, 'log'), 'utf8') };
}

/** Waits until each daemon's status port lists `count` nodes; returns how long that took. */
export async function waitForTables(daemons, count, deadlineMs = DEADLINE_MS) {
  const startedMs = performance.now();
  let waiting = [...daemons];
  while (waiting.length > 0) {
    if (performance.now() - startedMs > deadlineMs) {
      throw new Error(`${waiting.length} of ${daemons.length} tables are not complete`);
    }
    const dead = waiting.find(({ child }) => child.exitCode !== null);
    if (dead) throw new Error(`the daemon of ${dead.name} has ended: ${dead.log()}`);
    const counts = await Promise.all(waiting.map(countNodes));
    waiting = waiting.filter((_, index) => counts[index] < count);
    if (waiting.length > 0) await sleep(20);
  }
  return performance.now() - startedMs;
}

async function countNodes({ address }) {
  const text = await readPort(address, ports.status);
  return text.split('\n').filter((line) => line !== '').length;
}

/** All that a port of a daemon prints; empty if it is not there. */
export function readPort(address, port) {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, address);
    socket.setEncoding('utf8');
    socket.on('data', (piece) => (text += piece));
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

/** A connection to a daemon's Unix socket: `ask` sends a request and returns its answer. */
export async function connectControl(path) {
  const socket = connect(path);
  await once(socket, 'connect');
  const waiting = new Map();
  let rest = '';
  let lastId = 0;
  socket.setEncoding('utf8');
  socket.on('data', (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const reply = JSON.parse(line);
      waiting.get(reply.id)?.(reply);
      waiting.delete(reply.id);
    }
  });
  return {
    ask(request) {
      lastId += 1;
      const id = lastId;
      socket.write(`${JSON.stringify({ ...request, id })}\n`);
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    tell: (request) => void socket.write(`${JSON.stringify(request)}\n`),
    close: () => socket.destroy(),
  };
}

/** Seconds of CPU that a process has used, and its resident MiB. */
export function usageOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { cpuSeconds: ticks / TICKS_PER_SECOND, residentMiB: Number(resident[1]) / 1024 };
}

/** What a daemon has counted. */
export async function countersOf({ socket }) {
  const link = await connectControl(socket);
  const { counters } = await link.ask({ op: 'counters' });
  link.close();
  return counters;
}

export const wishes = { only: [], exclude: [], order: [], cpus: 1, memoryBytes: 0 };

export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** One line of a benchmark's result; `goal` is text such as `<= 5`, which `met` is reckoned from. */
export function row(bench, name, value, unit, goal = '') {
  const [sign, limit] = goal.split(' ');
  const met =
    sign === '<=' ? value <= Number(limit) : sign === '>=' ? value >= Number(limit) : null;
  return { bench, name, value: Number(value.toPrecision(4)), unit, goal, met };
}

/** Prints the rows when the file that calls is the program itself. */
export async function printIfMain(url, run) {
  if (process.argv[1] !== new URL(url).pathname) return;
  for (const line of await run()) process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function findNetwork() {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const network = 100 + Math.floor(Math.random() * 150);
    if ((await readPort(`127.${network}.1.11`, ports.status)) === '') return network;
  }
  throw new Error('no free network among 127.100.0.0 to 127.249.0.0');
}
