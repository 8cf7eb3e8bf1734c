/**
 * What stays in memory while much is under way. Resident size (RSS) is what is compared with the
 * goals: it counts pages that several processes share in each of them, so it is the most that a
 * process can be charged with. The proportional size (PSS) stands beside it.
 */
import { freemem } from 'node:os';
import { waitUntil } from '../lab/wait.ts';
import type { Lab } from '../lab/cluster.ts';
import {
  findByArguments,
  findByVariable,
  listProcesses,
  type ProcessEntry,
  readArguments,
} from '../lab/process-table.ts';
import { findAgents } from './agents.ts';
import { startBenchLab } from './bench-lab.ts';
import { median } from './figure.ts';
import { makeRow, type Row } from './row.ts';
import type { Setting } from './setting.ts';
import { readProportionalMebibytes, readResidentMebibytes } from './usage.ts';

const goals = { agent: 80, runner: 60, client: 2 };
const CHANNELS = 32;
const JOBS = 200;
const SETTLE_MS = 120_000;

export async function benchMemory(setting: Setting): Promise<readonly Row[]> {
  const channels = setting.count(CHANNELS, 2);
  const lab = await startBenchLab(setting, { hosts: channels + 1, tier: 'loopback' });
  const nodes = lab.hosts.map(({ name }) => name).filter((name) => name !== 'h1');
  const jobs = await startJobs(setting, lab, nodes, setting.count(JOBS, 4));
  const load = `${channels} channels, ${jobs.count} jobs`;
  const row = (
    who: keyof typeof goals,
    what: string,
    processes: readonly { readonly pid: number }[],
    others: readonly { readonly pid: number }[] = [],
  ): Row => {
    const pids = processes.map(({ pid }) => pid);
    return makeRow(
      ['memory', `${what}: RSS, ${load}`],
      median(pids.map(readResidentMebibytes)),
      'MiB',
      {
        goal: { relation: '<=', limit: goals[who] },
        peers: {
          'the same as PSS': median(pids.map(readProportionalMebibytes)),
          ...(others.length > 0 && {
            'PSS of a supervisor': median(others.map(({ pid }) => readProportionalMebibytes(pid))),
          }),
        },
      },
    );
  };
  const { runners, supervisors } = findRunners(lab);
  return [
    row('agent', 'the agent', findAgents(lab.host('h1'))),
    row('runner', 'a runner', runners, supervisors),
    row('client', 'a client', jobs.clients()),
  ];
}

interface Jobs {
  readonly count: number;
  /** The processes of `dsh`. */
  clients(): readonly { readonly pid: number }[];
}

/** Starts commands that sleep, in turn on the nodes, and returns when all of them run. */
async function startJobs(
  setting: Setting,
  lab: Lab,
  nodes: readonly string[],
  wanted: number,
): Promise<Jobs> {
  // No other sleep on this machine takes just so long.
  const command = ['sleep', `${86_400 + process.pid / 1e6}`];
  const has = (words: readonly string[]): boolean => words.includes(command[1]!);
  const clients = (): readonly { readonly pid: number }[] =>
    findByArguments((words) => has(words) && words.includes('-H') && !words.includes('-c'));
  const running = (): number =>
    findByArguments((words) => has(words) && words[0] === command[0]).length;

  async function start(names: readonly string[]): Promise<void> {
    const target = running() + names.length;
    const lines = names.map((name) => `dsh -H ${name} ${command.join(' ')} &`);
    // It ends with the lab, by a signal.
    void lab.runFrom('h1', ['sh', '-c', `${lines.join('\n')}\nwait`], { deadlineMs: 3_600_000 });
    await waitUntil(`${target} commands to run`, () => running() === target, SETTLE_MS);
  }

  await start(nodes);
  const each = Math.max(...clients().map(({ pid }) => readProportionalMebibytes(pid)));
  const room = freemem() / 2 ** 20 / 2;
  const count = Math.min(wanted, Math.floor(room / each));
  if (count < wanted) {
    setting.say(
      `memory: ${count} jobs instead of ${wanted}: a client takes ${Math.round(each)} MiB`,
    );
  }
  const rest = Math.max(0, count - nodes.length);
  await start(Array.from({ length: rest }, (_, index) => nodes[index % nodes.length]!));
  return { count: nodes.length + rest, clients };
}

/** A supervisor is a fork of its runner, and looks like one. */
function findRunners(lab: Lab): {
  readonly runners: readonly ProcessEntry[];
  readonly supervisors: readonly ProcessEntry[];
} {
  const ours = new Set(findByVariable(`DSH_LAB=${lab.directory}`).map(({ pid }) => pid));
  const serving = listProcesses().filter(
    ({ pid }) => ours.has(pid) && readArguments(pid).at(-1) === '--serve' && !isShell(pid),
  );
  const pids = new Set(serving.map(({ pid }) => pid));
  const isRunner = ({ parent }: ProcessEntry): boolean => !pids.has(parent);
  return {
    runners: serving.filter(isRunner),
    supervisors: serving.filter((each) => !isRunner(each)),
  };
}

function isShell(pid: number): boolean {
  return readArguments(pid).includes('-c');
}
