/** `dshctl ping`: how long the daemon here takes to answer, or another node as a dispatch asks it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PING_MS } from '../core/ping.ts';
import type { DaemonLink } from '../node/control-client.ts';
import { createCommand, type ExitStatus, exitStatuses, failure } from './command.ts';
import { withDaemon } from './daemon.ts';
import { jsonOption } from './json-option.ts';
import { print, printJson } from './output.ts';
import { createProgress } from './progress.ts';

export const command = createCommand({
  options: [{ name: 'count', short: 'c', value: 'N', help: 'ask so often (5)' }, jsonOption],
  wordsMin: 0,
  wordsMax: 1,
  notes: `Without NODE, the daemon of this machine is asked over its Unix socket. NODE
is asked as before a choice: a packet there, and one back.`,
  async run({ values, words: [node] }) {
    const { count = '5', json } = values;
    if (!/^[1-9][0-9]{0,3}$/.test(count)) {
      throw failure(`-c ${count}: expected a whole number from 1 to 9999`, exitStatuses.misuse);
    }
    return withDaemon(async (daemon) => {
      const answersMs: number[] = [];
      const progress = createProgress();
      for (let asked = 0; asked < Number(count); asked += 1) {
        if (asked > 0) await sleep(PAUSE_MS);
        progress.show(`${asked} of ${count}`);
        const ms = await (node === undefined ? askDaemon(daemon) : askOther(daemon, node));
        if (ms !== undefined) answersMs.push(ms);
      }
      progress.clear();
      const missed = Number(count) - answersMs.length;
      return report({ node: node ?? null, answersMs, missed }, json);
    });
  },
});

/** Between two questions. */
const PAUSE_MS = 50;

interface Answers {
  readonly node: string | null;
  readonly answersMs: readonly number[];
  readonly missed: number;
}

async function askDaemon(daemon: DaemonLink): Promise<number> {
  const begun = performance.now();
  await daemon.counters();
  return performance.now() - begun;
}

/** Undefined: no answer came. */
async function askOther(daemon: DaemonLink, node: string): Promise<number | undefined> {
  const reply = await daemon.ping(node);
  if (reply.op === 'refused') throw failure(reply.reason, exitStatuses.misuse);
  return reply.answerMs ?? undefined;
}

function report(answers: Answers, isJson: boolean): ExitStatus {
  const { node, answersMs, missed } = answers;
  const sorted = answersMs.toSorted((a, b) => a - b);
  const show = (ms: number | undefined): string => `${ms!.toFixed(2)} ms`;
  const times =
    sorted.length === 0
      ? `none of ${missed} answers came within ${PING_MS / 1000} s`
      : `${sorted.length} answers: median ${show(sorted[sorted.length >> 1])}, from ${show(sorted[0])} to ${show(sorted.at(-1))}`;
  const late = missed > 0 && sorted.length > 0 ? `; ${missed} never came` : '';
  if (isJson) printJson(answers);
  else print(`${node ?? 'dshd here'}: ${times}${late}\n`);
  return sorted.length > 0 ? exitStatuses.done : exitStatuses.failed;
}
