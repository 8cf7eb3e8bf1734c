/** `dshctl ping`: how long the daemon here takes to answer, or another node as a dispatch asks it. */
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER_MS } from '../core/decision.ts';
import { noWishes } from '../core/wire/control.ts';
import type { ShortlistedNode } from '../core/wire/control-report.ts';
import type { DaemonLink } from '../node/control-client.ts';
import { createCommand, type ExitStatus, exitStatuses, failure } from './command.ts';
import { findNode, withDaemon } from './daemon.ts';
import { jsonOption } from './json-option.ts';
import { print, printJson } from './output.ts';
import { createProgress } from './progress.ts';

export const command = createCommand({
  options: [{ name: 'count', short: 'c', value: 'N', help: 'ask so often (5)' }, jsonOption],
  wordsMin: 0,
  wordsMax: 1,
  notes: `Without NODE, the daemon of this machine is asked over its Unix socket. NODE
is asked as for a job: a packet there and one back; the job counts there for
the moment that it takes.`,
  async run({ values, words: [node] }) {
    const { count = '5', json } = values;
    if (!/^[1-9][0-9]{0,3}$/.test(count)) {
      throw failure(`-c ${count}: expected a whole number from 1 to 9999`, exitStatuses.misuse);
    }
    return withDaemon(async (daemon) => {
      const ask = node === undefined ? askDaemon(daemon) : await askOther(daemon, node);
      const answersMs: number[] = [];
      const progress = createProgress();
      for (let asked = 0; asked < Number(count); asked += 1) {
        if (asked > 0) await sleep(PAUSE_MS);
        progress.show(`${asked} of ${count}`);
        const ms = await ask();
        if (ms !== undefined) answersMs.push(ms);
      }
      progress.clear();
      const missed = Number(count) - answersMs.length;
      return report({ node: node ?? null, answersMs, missed }, json);
    });
  },
});

/** Longer than a record counts as fresh, so that each question is asked anew. */
const PAUSE_MS = 50;
const AGAIN_MS = 13;
const AGAIN_MAX = 8;

interface Answers {
  readonly node: string | null;
  readonly answersMs: readonly number[];
  readonly missed: number;
}

function askDaemon(daemon: DaemonLink): () => Promise<number> {
  return async () => {
    const begun = performance.now();
    await daemon.counters();
    return performance.now() - begun;
  };
}

/** Looks at the name first, so that a wrong one is no job. */
async function askOther(
  daemon: DaemonLink,
  name: string,
): Promise<() => Promise<number | undefined>> {
  const { self } = await findNode(daemon, name);
  if (self) throw failure(`${name} is this node; leave its name out`, exitStatuses.misuse);
  return askNode(daemon, name);
}

/** Undefined: no answer within the time that a dispatch waits for it. */
function askNode(daemon: DaemonLink, node: string): () => Promise<number | undefined> {
  const wishes = { ...noWishes, only: [node] };
  const label = { user: userInfo().username, command: `dshctl ping ${node}` };
  async function place(): Promise<ShortlistedNode> {
    // A choice that is to be explained is made on an answer, though there be one node to choose from.
    const placed = await daemon.place(wishes, true, label);
    if (placed.op === 'refused') throw new Error(placed.reason);
    daemon.ended(placed.job, '0');
    const reply = await daemon.explain(placed.job);
    if (reply.op === 'refused') throw new Error(reply.reason);
    const asked = reply.decision.shortlist.find((each) => each.node === node);
    if (!asked) throw new Error(`policy ${reply.decision.policy} asks no node before it chooses`);
    return asked;
  }
  return async () => {
    let asked = await place();
    // It had just spoken of its own accord, so it was not asked.
    for (let again = 1; asked.source === 'recent' && again < AGAIN_MAX; again += 1) {
      await sleep(AGAIN_MS);
      asked = await place();
    }
    return asked.source === 'answer' ? asked.answerMs : undefined;
  };
}

function report(answers: Answers, isJson: boolean): ExitStatus {
  const { node, answersMs, missed } = answers;
  const sorted = answersMs.toSorted((a, b) => a - b);
  const show = (ms: number | undefined): string => `${ms!.toFixed(2)} ms`;
  const times =
    sorted.length === 0
      ? `none of ${missed} answers came within ${ANSWER_MS} ms`
      : `${sorted.length} answers: median ${show(sorted[sorted.length >> 1])}, from ${show(sorted[0])} to ${show(sorted.at(-1))}`;
  const late = missed > 0 && sorted.length > 0 ? `; ${missed} came too late or never` : '';
  if (isJson) printJson(answers);
  else print(`${node ?? 'dshd here'}: ${times}${late}\n`);
  return sorted.length > 0 ? exitStatuses.done : exitStatuses.failed;
}
