/** icecc: a scheduler on h1 and an iceccd on every host of a lab in namespaces. */
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import type { Lab } from '../../lab/cluster.ts';
import { runCommand } from '../../lab/command.ts';
import { waitUntil } from '../../lab/wait.ts';
import { type Contender, waysOf } from '../contender.ts';

/** Its user, as Debian makes it. */
const USER = 'icecc';
const PER_NODE = 2;
/** An iceccd tries again every few seconds only. */
const READY_MS = 60_000;

export async function startIcecc(lab: Lab, nodes: readonly string[]): Promise<Contender> {
  const directory = `${lab.directory}/icecc`;
  mkdirSync(directory);
  // Its user has to pass; what is secret in there has modes of its own.
  for (const each of [`${lab.directory}/..`, lab.directory]) chmodSync(each, 0o711);
  await expectSuccess(await runCommand(['chown', USER, directory]), 'chown');

  const log = ['-l', `${directory}/scheduler.log`];
  const schedule = ['icecc-scheduler', '-d', '-n', 'bench', '-u', USER, ...log];
  await expectSuccess(await lab.runFrom('h1', schedule), 'icecc-scheduler');
  for (const host of ['h1', ...nodes]) await startDaemon(lab, directory, host);
  const isConnected = (host: string): boolean =>
    readFileSync(logOf(directory, host), 'utf8').includes('Connected to scheduler');
  await waitUntil(
    'every iceccd to find the scheduler',
    () => ['h1', ...nodes].every(isConnected),
    READY_MS,
  );
  return {
    name: 'icecc',
    ways: waysOf([4, 6, 8], {
      prefix: 'icecc',
      environment: { ICECC_TEST_SOCKET: socketOf(directory, 'h1') },
    }),
  };
}

async function startDaemon(lab: Lab, directory: string, host: string): Promise<void> {
  mkdirSync(`${directory}/${host}`);
  await expectSuccess(await runCommand(['chown', USER, `${directory}/${host}`]), 'chown');
  const options = [
    ['-s', lab.host('h1').address],
    ['-n', 'bench'],
    ['-N', host],
    ['-u', USER],
    ['-m', `${PER_NODE}`],
    ['-b', `${directory}/${host}`],
    ['-l', logOf(directory, host)],
    ['-vv'],
  ];
  // The hosts share the file system, and the daemon's usual socket would be the same for all.
  const environment = { ICECC_TEST_SOCKET: socketOf(directory, host) };
  const words = ['iceccd', '-d', ...options.flat()];
  await expectSuccess(await lab.runFrom(host, words, { environment }), words.join(' '));
}

function socketOf(directory: string, host: string): string {
  return `${directory}/${host}.sock`;
}

function logOf(directory: string, host: string): string {
  return `${directory}/${host}.log`;
}

async function expectSuccess(
  { status, stderr }: { readonly status: number | null; readonly stderr: string },
  what: string,
): Promise<void> {
  if (status !== 0) throw new Error(`${what}: status ${status}: ${stderr.trim()}`);
}
