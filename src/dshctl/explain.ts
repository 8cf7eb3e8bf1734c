/** `dshctl explain`: why a job went where it went, or why a node did not get it. */
import type { DecisionReport } from '../core/wire/control-report.ts';
import type { DaemonLink } from '../node/control-client.ts';
import { createCommand, exitStatuses, failure } from './command.ts';
import { withDaemon } from './daemon.ts';
import { explainAbsence, explainDecision, explainRank } from './decision-text.ts';
import { readJobNumber } from './job-number.ts';
import { jsonOption } from './json-option.ts';
import { print, printJson } from './output.ts';
import { describeScreen } from './screen.ts';

export const command = createCommand({
  options: [
    { name: 'why-not', value: 'NODE', help: 'why that node did not get it, or would not now' },
    jsonOption,
  ],
  wordsMin: 0,
  wordsMax: 1,
  notes: `Without JOB, it is the last one that was placed; with --why-not alone, the
next one. The daemon remembers its last 256 choices.`,
  async run({ values, words: [word] }) {
    const name = values['why-not'];
    await withDaemon(async (daemon) => {
      if (word === undefined && name !== undefined) {
        return printRank(daemon, name, values.json);
      }
      const decision = await findDecision(daemon, word);
      if (name !== undefined) await checkNode(daemon, name);
      if (values.json) return printJson(decision);
      if (name !== undefined) return print(`${explainAbsence(decision, name)}\n`);
      const screen = describeScreen(process.env, process.stdout);
      print(
        explainDecision(decision, screen)
          .map((line) => `${line}\n`)
          .join(''),
      );
    });
    return exitStatuses.done;
  },
});

async function findDecision(daemon: DaemonLink, word: string | undefined): Promise<DecisionReport> {
  const job = word === undefined ? await findLastJob(daemon) : readJobNumber(word);
  const reply = await daemon.explain(job);
  if (reply.op === 'refused') throw new Error(reply.reason);
  return reply.decision;
}

async function findLastJob(daemon: DaemonLink): Promise<number> {
  const jobs = await daemon.jobs();
  if (jobs.length === 0) throw new Error('no job was placed yet; dsh COMMAND places one');
  return jobs.reduce((last, { job }) => Math.max(last, job), 0);
}

async function checkNode(daemon: DaemonLink, name: string): Promise<void> {
  const nodes = await daemon.nodes();
  if (!nodes.some((node) => node.name === name)) throw unknownNode(name);
}

function unknownNode(name: string): Error {
  const reason = `--why-not ${name}: no node of the cluster has that name`;
  return failure(reason, exitStatuses.misuse);
}

async function printRank(daemon: DaemonLink, name: string, isJson: boolean): Promise<void> {
  const nodes = await daemon.nodes();
  const text = explainRank(nodes, name);
  if (text === undefined) throw unknownNode(name);
  if (isJson)
    printJson({ node: nodes.find((each) => each.name === name), best: nodes[0], why: text });
  else print(`${text}\n`);
}
