/** Labs where commands given on h1 run on h2, and the processes that carry them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Lab, LabOptions } from '../../../lab/cluster.ts';
import type { LabHost } from '../../../lab/host.ts';
import { startLoopbackLab } from '../../../lab/loopback.ts';
import { type NetnsLab, startNetnsLab } from '../../../lab/netns.ts';
import {
  childrenOf,
  descendantsOf,
  findByArguments,
  listProcesses,
  type ProcessIdentity,
  readArguments,
  readProcess,
} from '../../../lab/process-table.ts';
import { waitUntil } from '../../../lab/wait.ts';
import { isMet } from '../../support/lab-requirements.ts';

/** When an end of a channel is cut off, the other one knows it after so long: docs/failures.md. */
export const SILENCE_MS_MAX = 15_000;

export const hasNamespaces = isMet('root') && isMet('namespaces');

/** In namespaces where that is allowed: then no process of h2 can hide from the tests. */
export function startTwoHosts(options: LabOptions = {}): Promise<Lab | NetnsLab> {
  return hasNamespaces
    ? startNetnsLab({ hosts: 2, ...options })
    : startLoopbackLab({ hosts: 2, ...options });
}

/** One call of dsh on h1. */
export interface Call {
  readonly child: ChildProcess;
  /** The process of dsh itself: in a netns lab another one than the child. */
  client(): ProcessIdentity;
  /** Has it go on after a stop. */
  wake(): void;
  /** Its standard output so far. */
  output(): string;
  hasEnded(): boolean;
  readonly end: Promise<CallEnd>;
}

export interface CallEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export function callDsh(
  lab: Lab,
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Call {
  const [file, ...rest] = lab.host('h1').words(['dsh', ...words]);
  const child = spawn(file!, rest, {
    env: { ...lab.environment('h1'), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => {
    output += piece.toString();
  });
  const identity = readProcess(child.pid!)!;
  // What leads into namespaces has dsh as its only child.
  const client = (): ProcessIdentity => (file === 'dsh' ? identity : childrenOf(identity)[0]!);
  return {
    child,
    client,
    wake() {
      // What led into the namespaces has stopped with dsh, and wakes it.
      child.kill('SIGCONT');
    },
    output: () => output,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    end: readEnd(child, child.stderr),
  };
}

async function readEnd(child: ChildProcess, stderr: Readable): Promise<CallEnd> {
  const [said, [status, signal]] = await Promise.all([text(stderr), once(child, 'exit')]);
  return { status, signal, stderr: said };
}

/** Who can die. A supervisor is the native runner's process for one job. */
export type Party = 'agent' | 'ssh client' | 'connection' | 'runner' | 'supervisor';

/** The process of one party; fails when there is not exactly one. */
export function findParty(lab: Lab, party: Party): ProcessIdentity {
  const found = parties[party](lab);
  if (found.length !== 1) throw new Error(`${found.length} processes are the ${party}, not one`);
  return found[0]!;
}

const parties: { readonly [P in Party]: (lab: Lab) => readonly ProcessIdentity[] } = {
  agent: (lab) => findByArguments((words) => words.includes(`${lab.directory}/h1/agent.sock`)),
  'ssh client': (lab) =>
    childrenOf(findParty(lab, 'agent')).filter(({ pid }) => readArguments(pid).includes('h2')),
  connection: (lab) =>
    childrenOf(readProcess(lab.host('h2').pid('sshd'))!).filter(
      ({ pid }) => runnersBelow(pid).length > 0,
    ),
  runner: (lab) => runnersBelow(lab.host('h2').pid('sshd')),
  supervisor: (lab) =>
    childrenOf(findParty(lab, 'runner')).filter(({ pid }) => isRunner(readArguments(pid))),
};

/** A supervisor has the words of the runner that it was forked from. */
function runnersBelow(root: number): readonly ProcessIdentity[] {
  return descendantsOf(listProcesses(), [readProcess(root)!]).filter(
    ({ pid, parent }) => isRunner(readArguments(pid)) && !isRunner(readArguments(parent)),
  );
}

function isRunner(words: readonly string[]): boolean {
  return words.at(-1) === '--serve' && /dshexec(-serve|\.js)$/.test(words.at(-2)!);
}

/** The `jobs` that a host's own daemon counts on it. */
export async function readJobs(host: LabHost): Promise<number> {
  const table = await host.statusTable();
  const line = table.split('\n').find((each) => each.startsWith(`${host.name} `));
  return Number(line?.split(' ')[9]);
}

/** Waits until commands run on h2, over a connection that was made when it was first needed. */
export async function warmUp(lab: Lab): Promise<void> {
  const { status, stderr } = await lab.runFrom('h1', ['dsh', '-H', 'h2', 'true']);
  if (status !== 0) throw new Error(`dsh true: ${stderr}`);
  await waitUntil('h2 to have no job', async () => (await readJobs(lab.host('h2'))) === 0);
}
