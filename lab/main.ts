/** `npm run lab -- …`: a cluster on this machine to play with. `lab/README.md` shows it at work. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { exportLines, hostVariables } from './configuration.ts';
import { runDemo } from './demo.ts';
import { endLab } from './end.ts';
import { startLoopbackLab } from './loopback.ts';
import { HOSTS_MAX, ports, readPort } from './network.ts';
import { isAlive } from './process-table.ts';
import { projectDirectory } from './project.ts';
import { type LabRecord, readRecord } from './record.ts';
import { cleanUpOnSignal } from './signals.ts';
import { alignColumns, statusHeading } from './status-table.ts';

const usage = `usage: npm run lab -- up N             start a cluster of N hosts: h1, h2, …
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
      process.stdout.write(exportLines(variables(requireLab(), words[0] ?? 'h1')));
      return 0;
    case 'status':
      process.stdout.write(await status(requireLab()));
      return 0;
    case 'down':
      await endLab(directory);
      return 0;
    case 'demo':
      await runDemo();
      return 0;
    default:
      throw new Error(`expected up, exec, env, status or down, not ${verb}\n${usage}`);
  }
}

async function up([count = '3', ...rest]: readonly string[]): Promise<number> {
  const hosts = Number(count);
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > HOSTS_MAX || rest.length > 0) {
    throw new Error(
      `up: expected one number from 1 to ${HOSTS_MAX}, not ${count} ${rest.join(' ')}`,
    );
  }
  if (readRecord(directory)) {
    throw new Error(`a lab is up in ${directory}: end it with \`npm run lab -- down\``);
  }
  // ^C now: the half that stands already is taken down again.
  const cleanUp = cleanUpOnSignal(() => endLab(directory));
  const lab = await startLoopbackLab({ hosts, directory }).catch(async (error: unknown) => {
    await cleanUp.finish();
    throw error;
  });
  console.log(`${hosts} hosts are up: ${lab.hosts.map(({ name }) => name).join(' ')}`);
  console.log(`try: npm run lab -- exec h1 dsh -v hostname`);
  console.log(`or:  eval "$(npm run --silent lab -- env)"; dsh -v hostname`);
  return 0;
}

/** Runs a command with the variables of a host and ends as it did. */
function exec([host, ...words]: readonly string[]): Promise<number> {
  const [program, ...rest] = words;
  if (host === undefined || program === undefined) throw new Error('exec: expected HOST COMMAND…');
  const environment = { ...process.env, ...variables(requireLab(), host) };
  const child = spawn(program, rest, { stdio: 'inherit', env: environment });
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
  const first = record.hosts[0]!;
  const table = await readPort(first.address, ports.status);
  return `${rows.join('')}\n${alignColumns(`${statusHeading}\n${table}`)}\n`;
}

function variables(record: LabRecord, name: string): Readonly<Record<string, string>> {
  const host = record.hosts.find((each) => each.name === name);
  if (!host) {
    throw new Error(`no host ${name}: there are ${record.hosts.map((h) => h.name).join(', ')}`);
  }
  return hostVariables(directory, host, record.remoteShell, projectDirectory);
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
