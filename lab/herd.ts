/**
 * A herd: many `dsh` calls started at one instant, from all hosts of a lab, and where they went.
 *
 * Hosts of a lab on loopback addresses share the machine's /proc, so each is given a made-up one that
 * counts the herd's commands there as processes that run, as it would if they computed.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Lab } from './cluster.ts';
import { writeProcfs } from './procfs.ts';
import { settleAll } from './wait.ts';

export interface HerdOptions {
  readonly calls: number;
  /** A folder of its own. */
  readonly directory: string;
  /** The made-up /proc of a host. */
  readonly procfs: (host: string) => string;
  /** How many processes run on a host besides. */
  readonly busy?: (host: string) => number;
}

/** Each host's CPUs. */
const CPUS = 4;

/** What a host's /proc says while `commands` of the herd run there. */
export function writeHerdProcfs(options: HerdOptions, host: string, commands = 0): void {
  const { procfs, busy = () => 0 } = options;
  const runnable = busy(host) + commands;
  // The load average has not noticed the herd yet: it takes a minute.
  writeProcfs(procfs(host), { cpus: CPUS, runnable, loadavg: busy(host) });
}

/** By host: how many of the calls went there. All commands have ended when it returns. */
export async function startHerd(
  lab: Lab,
  options: HerdOptions,
): Promise<Readonly<Record<string, number>>> {
  const { calls, directory } = options;
  const gate = `${directory}/gate`;
  const end = `${directory}/end`;
  execFileSync('mkfifo', [gate]);
  const counts = Object.fromEntries(lab.hosts.map(({ name }) => [name, 0]));
  const ready = counter(calls);
  const placed = counter(calls);

  async function follow(name: string): Promise<void> {
    const errors: string[] = [];
    const { lines, ended } = startCall(lab, name, gate, end);
    for await (const line of lines) {
      const host = /^dsh: (\S+)$/.exec(line)?.[1];
      if (line === READY) ready.add();
      else if (host === undefined) errors.push(line);
      else {
        // Of a daemon that is too busy to answer dsh learns no name: it runs where it was called.
        const node = host in counts ? host : name;
        counts[node]! += 1;
        writeHerdProcfs(options, node, counts[node]);
        placed.add();
      }
    }
    const status = await ended;
    if (status === 0) return;
    // The others wait for its place, and for nothing else.
    placed.add();
    throw new Error(`dsh on ${name}: status ${status}: ${errors.join('; ')}`);
  }

  const herd = Array.from({ length: calls }, (_, index) =>
    follow(lab.hosts[index % lab.hosts.length]!.name),
  );
  await ready.full;
  // Opened to be written, it lets all pass who wait to read. As long as it is open nobody waits.
  const opened = openSync(gate, 'r+');
  await placed.full;
  writeFileSync(end, '');
  await settleAll(herd);
  closeSync(opened);
  return counts;
}

const READY = 'ready';

interface Call {
  /** What it says on stderr: READY, then as `dsh -v` where it runs. */
  readonly lines: AsyncIterable<string>;
  readonly ended: Promise<number | null>;
}

/** A call that waits at the gate; its command stays until there is a file `end`. */
function startCall(lab: Lab, name: string, gate: string, end: string): Call {
  const stay = 'until [ -e "$0" ]; do sleep 0.1; done';
  const start = `echo ${READY} >&2; : <"$1"; exec dsh -v sh -c "$2" "$3"`;
  const [program, ...words] = lab.host(name).words(['sh', '-c', start, 'sh', gate, stay, end]);
  const env = lab.environment(name);
  const child = spawn(program!, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit').then(([status]) => status as number | null);
  return { lines: createInterface({ input: child.stderr }), ended };
}

/** `full` comes when `add` was called so many times. */
function counter(count: number): { add(): void; readonly full: Promise<void> } {
  let left = count;
  let settle: () => void;
  const full = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return {
    full,
    add() {
      left -= 1;
      if (left === 0) settle();
    },
  };
}
