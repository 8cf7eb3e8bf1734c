/** `npm run lab -- …`: a cluster on this machine to play with. `lab/README.md` shows it at work. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { exportLines, type HostPlace, hostVariables } from './configuration.ts';
import { runDemo } from './demo.ts';
import { endLab } from './end.ts';
import { startLoopbackLab } from './loopback.ts';
import { createLocalMachine, type Machine } from './machine.ts';
import { findInRecord, isInNamespaces, startNetnsLab, WIRE_HOST } from './netns.ts';
import { createNetnsMachine } from './netns-machine.ts';
import { setCable } from './netns-wire.ts';
import { HOSTS_MAX, ports } from './network.ts';
import { isAlive } from './process-table.ts';
import { projectDirectory } from './project.ts';
import { type LabRecord, readRecord } from './record.ts';
import { cleanUpOnSignal } from './signals.ts';
import { alignColumns, statusHeading } from './status-table.ts';
import { isOfKernels, startUmlLab } from './uml.ts';
import { createUmlMachine } from './uml-machine.ts';

const usage = `usage: npm run lab -- up N             start a cluster of N hosts: h1, h2, …
       npm run lab -- up N --netns [--quota PERCENT]
                                       the same in namespaces, each with so much of a CPU; as root
       npm run lab -- up N --uml       the same, each a kernel of its own, with /mnt/work by NFS
       npm run lab -- cut HOST         cut the cable of a host in namespaces
       npm run lab -- mend HOST        and mend it
       npm run lab -- exec HOST CMD…   run a command as on that host, such as dsh -v hostname
       npm run lab -- env [HOST]       print the lines that make a shell use the cluster
       npm run lab -- status           what runs, and the nodes as h1 sees them
       npm run lab -- down             end everything and leave nothing`;

const directory = process.env.XDG_RUNTIME_DIR
  ? `${process.env.XDG_RUNTIME_DIR}/dsh-lab`
  : `/tmp/dsh-lab-${process.getuid?.()}`;

async function main([verb = 'nothing', ...words]: readonly string[]): Promise<number> {
  switch (verb) {
    case 'up':
      return up(words);
    case 'exec':
      return exec(words);
    case 'env':
      process.stdout.write(exportLines(shellVariables(requireLab(), words[0] ?? 'h1')));
      return 0;
    case 'status':
      process.stdout.write(await status(requireLab()));
      return 0;
    case 'cut':
      await setCableOf(requireLab(), words, 'down');
      return 0;
    case 'mend':
      await setCableOf(requireLab(), words, 'up');
      return 0;
    case 'down':
      await endLab(directory);
      return 0;
    case 'demo':
      await runDemo();
      return 0;
    default:
      throw new Error(`expected up, exec, env, status, cut, mend or down, not ${verb}\n${usage}`);
  }
}

async function up(words: readonly string[]): Promise<number> {
  const { hosts, tier, quotaPercent } = parseUp(words);
  if (readRecord(directory)) {
    throw new Error(`a lab is up in ${directory}: end it with \`npm run lab -- down\``);
  }
  // ^C now: the half that stands already is taken down again.
  const cleanUp = cleanUpOnSignal(() => endLab(directory));
  const start = { loopback: startLoopbackLab, netns: startNetnsLab, uml: startUmlLab }[tier];
  const lab = await start({ hosts, directory, quotaPercent }).catch(async (error: unknown) => {
    await cleanUp.finish();
    throw error;
  });
  console.log(`${hosts} hosts are up: ${lab.hosts.map(({ name }) => name).join(' ')}`);
  console.log(`try: npm run lab -- exec h1 dsh -v hostname`);
  console.log(`or:  eval "$(npm run --silent lab -- env)"; dsh -v hostname`);
  // A network of its own has its loopback as well, which no browser of this machine reaches.
  if (tier === 'loopback') console.log(`see: http://${lab.hosts[0]!.address}:${ports.http}/`);
  return 0;
}

/** Expects a number of hosts, and which tier, and for the netns tier its options. */
function parseUp(words: readonly string[]): {
  readonly hosts: number;
  readonly tier: 'loopback' | 'netns' | 'uml';
  readonly quotaPercent: number | undefined;
} {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: {
      netns: { type: 'boolean', default: false },
      uml: { type: 'boolean', default: false },
      quota: { type: 'string' },
    },
    allowPositionals: true,
  });
  if (values.netns && values.uml) throw new Error('up: expected --netns or --uml, not both');
  const hosts = Number(positionals[0] ?? 3);
  if (!isWithin(hosts, HOSTS_MAX) || positionals.length > 1) {
    const given = positionals.join(' ');
    throw new Error(`up: expected one number from 1 to ${HOSTS_MAX}, not ${given}`);
  }
  const quotaPercent = values.quota === undefined ? undefined : Number(values.quota);
  if (quotaPercent !== undefined && (!values.netns || !isWithin(quotaPercent, PERCENT_MAX))) {
    throw new Error(
      `up: expected --quota with 1 to ${PERCENT_MAX} percent of a CPU, and with --netns, ` +
        `not ${values.quota}`,
    );
  }
  const tier = values.uml ? 'uml' : values.netns ? 'netns' : 'loopback';
  return { hosts, tier, quotaPercent };
}

/** A hundred CPUs. */
const PERCENT_MAX = 10_000;

function isWithin(number: number, most: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= most;
}

async function setCableOf(
  record: LabRecord,
  [name = '']: readonly string[],
  state: 'up' | 'down',
): Promise<void> {
  await setCable(findWire(record), findHost(record, name).name, state);
}

/** Runs a command as on a host and ends as it did. */
function exec([host, ...words]: readonly string[]): Promise<number> {
  if (host === undefined || words.length === 0) throw new Error('exec: expected HOST COMMAND…');
  const record = requireLab();
  const [program, ...rest] = machineOf(record, host).words(words);
  const environment = { ...process.env, ...variables(record, host) };
  const child = spawn(program!, rest, { stdio: 'inherit', env: environment });
  // The terminal sends ^C to the command as well; what happens then is the command's to say.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code!));
  });
}

async function status(record: LabRecord): Promise<string> {
  const rows = record.hosts.map(({ name, address }) => {
    const servers = (['sshd', 'dshd'] as const).map((server) => {
      const found = record.processes.find(
        (each) => each.host === name && each.program === server && isAlive(each),
      );
      return `${server} ${found?.pid ?? 'ended'}`;
    });
    return `${[name, address, ...servers].join('  ')}\n`;
  });
  const table = await machineOf(record, record.hosts[0]!.name).readPort(ports.status);
  return `${rows.join('')}\n${alignColumns(`${statusHeading}\n${table}`)}\n`;
}

function variables(record: LabRecord, name: string): Readonly<Record<string, string>> {
  return hostVariables(directory, findHost(record, name), record.remoteShell, projectDirectory);
}

/** For a shell that is not in the host's namespaces: the `dsh` that it finds goes there. */
function shellVariables(record: LabRecord, name: string): Readonly<Record<string, string>> {
  const own = variables(record, name);
  if (!isInNamespaces(record)) return own;
  return { ...own, PATH: `${findHost(record, name).directory}/bin:${own['PATH']}` };
}

function machineOf(record: LabRecord, name: string): Machine {
  const host = findHost(record, name);
  if (isOfKernels(record)) {
    const [wire, kernel] = [findWire(record), findInRecord(record, 'machine', name)];
    return createUmlMachine(directory, wire, host, kernel);
  }
  if (!isInNamespaces(record)) return createLocalMachine(host.address);
  return createNetnsMachine(host, findInRecord(record, 'machine', name).pid);
}

function findWire(record: LabRecord): number {
  return findInRecord(record, 'wire', WIRE_HOST).pid;
}

function findHost(record: LabRecord, name: string): HostPlace {
  const host = record.hosts.find((each) => each.name === name);
  if (host) return host;
  throw new Error(`no host ${name}: there are ${record.hosts.map((each) => each.name).join(', ')}`);
}

function requireLab(): LabRecord {
  const record = readRecord(directory);
  if (!record) throw new Error('no lab is up: start one with `npm run lab -- up 3`');
  return record;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`lab: ${(error as Error).message}`);
  process.exitCode = 1;
}
