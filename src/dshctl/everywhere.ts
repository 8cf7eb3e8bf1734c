/**
 * What the daemons of all nodes know of their jobs: each knows those that were started on its machine.
 * No packet tells of them, since others' words and files are nobody's business who may not log in
 * there; so dshctl is run on each node by the user's own remote shell.
 */
import {
  cleanText,
  LABEL_COMMAND_MAX,
  LABEL_OUTCOME_MAX,
  LABEL_USER_MAX,
} from '../core/job-label.ts';
import { decodeControlReply } from '../core/wire/control-reply.ts';
import type { NodeView } from '../core/wire/control.ts';
import type { JobReport } from '../core/wire/control-report.ts';
import type { DaemonLink } from '../node/control-client.ts';
import { forEachAtOnce } from './at-once.ts';
import { converse, reasonOf, remoteDshctl, remoteWords } from './conversation.ts';
import { compareNames } from './node-table.ts';
import { createProgress } from './progress.ts';

export interface JobFrom extends JobReport {
  /** The node on which it was started, where not all are of this one. */
  readonly from?: string;
}

export interface Gathered {
  readonly jobs: readonly JobFrom[];
  /** A line for each node that could not be asked. */
  readonly failures: readonly string[];
}

export interface Gathering {
  readonly shell: readonly string[];
  readonly deadlineMs: number;
}

/** No host has a longer name. */
const NAME_MAX = 255;

export async function gatherJobs(daemon: DaemonLink, gathering: Gathering): Promise<Gathered> {
  const nodes = await daemon.nodes();
  const others = nodes.filter(({ self, state }) => !self && !deadStates.has(state));
  const here = nodes.find(({ self }) => self)!.name;
  const jobs: JobFrom[] = (await daemon.jobs()).map((job) => ({ ...job, from: here }));
  const failures: string[] = [];
  const progress = createProgress();
  let done = 0;
  await forEachAtOnce(others, async (node) => {
    const answer = await askNode(node, gathering);
    if (typeof answer === 'string') failures.push(`${node.name}: ${answer}`);
    else jobs.push(...answer);
    done += 1;
    progress.show(`asking ${others.length} nodes: ${done} done`);
  });
  progress.clear();
  // As they were asked, and not as they answered.
  jobs.sort((a, b) => compareNames({ name: a.from ?? '' }, { name: b.from ?? '' }));
  return { jobs, failures };
}

/** Their daemons are gone or out of reach. */
const deadStates: ReadonlySet<NodeView['state']> = new Set(['silent', 'unknown', 'unreachable']);

async function askNode(
  { name, destination }: NodeView,
  { shell, deadlineMs }: Gathering,
): Promise<readonly JobFrom[] | string> {
  const said = await converse(
    remoteWords(shell, destination, remoteDshctl(['jobs', '--json'])),
    '',
    deadlineMs,
  );
  if (said.isLate) return `nothing came within ${deadlineMs / 1000} s`;
  const reply = decodeControlReply(asReply(said.stdout));
  if (said.status === 0 && reply?.op === 'jobs') {
    return reply.jobs.map((job) => ({ ...cleanJob(job), from: name }));
  }
  return reasonOf(said);
}

/** As the daemon would have answered it, so that it is looked at in the same way. */
function asReply(stdout: string): string {
  return stdout.trimEnd().replace(/^\{/, '{"op":"jobs","id":0,');
}

/** It comes from another machine, and goes to a terminal. */
function cleanJob(job: JobReport): JobReport {
  const { user, command, outcome } = job;
  return {
    ...job,
    node: cleanText(job.node, NAME_MAX),
    user: cleanText(user, LABEL_USER_MAX),
    command: cleanText(command, LABEL_COMMAND_MAX),
    ...(outcome !== undefined && { outcome: cleanText(outcome, LABEL_OUTCOME_MAX) }),
  };
}
