/**
 * `dshctl kill`: ends jobs of one's own.
 *
 * The local `dsh` of the job is signalled, as a shell's `kill` would: it passes a signal on to another
 * node, and is the command itself where that runs here; killed by SIGKILL it takes the command with it, since
 * its agent watches it. So one way serves both, the kernel decides who may, and neither the daemon nor
 * the agent needs a word for it. To ask the agent was the alternative: it knows the jobs of one user well, but
 * those of `--one-shot` not at all, and a command that runs here it cannot reach.
 *
 * The number of a process that has ended may be another's by now. One that began after the job was placed
 * cannot be the job's, nor one of another user than the job says, so that is checked.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { cleanText, LABEL_USER_MAX } from '../core/job-label.ts';
import type { JobReport } from '../core/wire/control-report.ts';
import type { DaemonLink } from '../node/control-client.ts';
import { findTree, signalProcess, type TreeProcess } from '../node/process-tree.ts';
import { createCommand, exitStatuses, failure } from './command.ts';
import { converse, reasonOf, remoteDshctl, remoteWords } from './conversation.ts';
import { findNode, withDaemon } from './daemon.ts';
import { isRunning } from './job-table.ts';
import { readJobNumber } from './job-number.ts';
import { say } from './output.ts';
import { readShell } from './shell-options.ts';

export const command = createCommand({
  options: [{ name: 'signal', short: 's', value: 'SIGNAL', help: 'TERM, INT, KILL, 15... (TERM)' }],
  wordsMin: 1,
  wordsMax: Infinity,
  notes: `Only root can end the jobs of others. With KILL, nothing of the command is
left. NODE:JOB is a job that was started on NODE: dshctl kill is run there by
ssh (DSH_RSH).`,
  async run({ values, words }) {
    const signal = readSignal(values.signal ?? 'TERM');
    const targets = words.map(readTarget);
    const failures = await withDaemon(async (daemon) => {
      const jobs = await daemon.jobs();
      const reasons = targets.map(async ({ node, job }) =>
        node === undefined ? killJob(jobs, job, signal) : killThere(daemon, node, job, signal),
      );
      return (await Promise.all(reasons)).flatMap((reason, index) =>
        reason === undefined ? [] : [`job ${words[index]}: ${reason}`],
      );
    });
    for (const line of failures) say(line);
    return failures.length === 0 ? exitStatuses.done : exitStatuses.failed;
  },
});

interface Target {
  /** Where it was started; undefined: here. */
  readonly node: string | undefined;
  readonly job: number;
}

function readTarget(word: string): Target {
  const colon = word.lastIndexOf(':');
  if (colon === 0) throw failure(`'${word}': expected JOB or NODE:JOB`, exitStatuses.misuse);
  const node = colon > 0 ? word.slice(0, colon) : undefined;
  return { node, job: readJobNumber(word.slice(colon + 1)) };
}

/** Undefined: dshctl there has done it. */
async function killThere(
  daemon: DaemonLink,
  name: string,
  job: number,
  signal: NodeJS.Signals,
): Promise<string | undefined> {
  const { destination } = await findNode(daemon, name);
  const text = remoteDshctl(['kill', '-s', signal, String(job)]);
  const shell = readShell({});
  const said = await converse(remoteWords(shell, destination, text), '', KILL_MS);
  if (said.status === exitStatuses.done) return undefined;
  return said.isLate ? `nothing came within ${KILL_MS / 1000} s` : ownReason(reasonOf(said));
}

/** What dshctl said there begins as what it says here will. */
function ownReason(said: string): string {
  return said.replace(/^dshctl: (job \d+: )?/, '');
}

/** For a login, and a look at a process. */
const KILL_MS = 30_000;

/** The process that bears the number of a job's `dsh`. */
export interface Suspect {
  readonly ageSeconds: number;
  readonly owner: number | undefined;
  readonly ownerName: string | undefined;
}

/** Why the job is not to be ended by a signal to that process; undefined: nothing speaks against it. */
export function findObjection(
  job: JobReport,
  suspect: Suspect | undefined,
  myself: number,
): string | undefined {
  const { callerPid, placedSecondsAgo, user } = job;
  if (!isRunning(job)) return 'it has ended';
  if (callerPid === undefined) return 'whoever placed it gave no process to be signalled';
  if (!suspect || suspect.ageSeconds < placedSecondsAgo - TICK_SECONDS) {
    return `its process ${callerPid} is not there, or in another container`;
  }
  if (myself !== 0 && suspect.owner !== myself) return `it belongs to ${user}`;
  // Nobody checks what a job says of itself: it must not aim root at a process of somebody else.
  if (myself === 0 && suspect.ownerName !== user) {
    return `its process ${callerPid} belongs to ${suspect.ownerName}, not to ${user}`;
  }
  return undefined;
}

/** Undefined: it was signalled; else why it was not. */
function killJob(
  jobs: readonly JobReport[],
  number: number,
  signal: NodeJS.Signals,
): string | undefined {
  const job = jobs.find((each) => each.job === number);
  if (!job) return 'its daemon knows no such job; see dshctl jobs --all';
  const tree = job.callerPid === undefined ? [] : findTree(job.callerPid);
  const [top] = tree;
  const owner = top && ownerOf(top);
  const suspect = top && { ageSeconds: ageSeconds(top), owner, ownerName: nameOf(owner) };
  const objection = findObjection(job, suspect, process.getuid!());
  if (objection !== undefined) return objection;
  // On another node SIGKILL takes the whole tree, so it does here.
  const targets = signal === 'SIGKILL' ? tree : tree.slice(0, 1);
  for (const target of targets) signalProcess(target, signal);
  return undefined;
}

/** Linux tells the start of a process in hundredths of a second since boot, whatever its own clock. */
const TICK_SECONDS = 0.01;

function ageSeconds({ startTicks }: TreeProcess): number {
  const [uptime = ''] = readFileSync('/proc/uptime', 'latin1').split(' ');
  return Number(uptime) - Number(startTicks) * TICK_SECONDS;
}

function ownerOf({ pid }: TreeProcess): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

/** As dsh names a user: by the number where no list of users has it. */
function nameOf(owner: number | undefined): string | undefined {
  if (owner === undefined) return undefined;
  const { status, stdout } = spawnSync('id', ['-nu', String(owner)], { encoding: 'utf8' });
  return status === 0 ? cleanText(stdout.trim(), LABEL_USER_MAX) : String(owner);
}

function readSignal(text: string): NodeJS.Signals {
  const word = text.toUpperCase();
  const found = Object.entries(constants.signals).find(
    ([name, number]) => name === word || name === `SIG${word}` || String(number) === word,
  );
  if (found) return found[0] as NodeJS.Signals;
  throw failure(`-s ${text}: expected a signal such as TERM, KILL or 15`, exitStatuses.misuse);
}
