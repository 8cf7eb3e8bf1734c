/** `dshctl log`: the recent jobs: when, who, where, how long, and how they ended. */
import { setTimeout as sleep } from 'node:timers/promises';
import { formatTable } from '../core/text-table.ts';
import type { JobReport } from '../core/wire/control-report.ts';
import type { DaemonLink } from '../node/control-client.ts';
import { createCommand, exitStatuses, failure } from './command.ts';
import { findNode, withDaemon } from './daemon.ts';
import { endedColumns, isRunning, isWanted, jobFilterOptions } from './job-table.ts';
import { jsonOption } from './json-option.ts';
import { print, printJson } from './output.ts';
import { describeScreen } from './screen.ts';

export const command = createCommand({
  options: [
    { name: 'lines', short: 'n', value: 'N', help: 'the last N jobs (20)' },
    { name: 'follow', short: 'f', help: 'go on, with each job that ends' },
    ...jobFilterOptions,
    jsonOption,
  ],
  wordsMin: 0,
  wordsMax: 0,
  notes: `The daemon remembers the last 1,000 that ended. An outcome is an exit status,
a signal, lost, timed out, cancelled, not started, or - of a command that ran
on this machine.`,
  async run({ values }) {
    const { lines = '20', follow, json } = values;
    if (!/^[0-9]{1,6}$/.test(lines)) {
      throw failure(`-n ${lines}: expected a whole number`, exitStatuses.misuse);
    }
    await withDaemon(async (daemon) => {
      if (values.node !== undefined) await findNode(daemon, values.node);
      const wanted = async (): Promise<JobReport[]> =>
        (await daemon.jobs()).filter((job) => isWanted(job, values)).toSorted(compareJobs);
      const jobs = await wanted();
      const shown = Number(lines) === 0 ? [] : jobs.slice(-Number(lines));
      if (!follow) return json ? printJson({ jobs: shown }) : printJobs(shown, true);
      if (json) for (const job of shown) printJson(job);
      else printJobs(shown, true);
      await followJobs(
        daemon,
        jobs,
        async (ended) => {
          if (json) for (const job of ended) printJson(job);
          else printJobs(ended, false);
        },
        wanted,
      );
    });
    return exitStatuses.done;
  },
});

/** Whatever is asked more often is no burden, and what ends shows within a blink. */
const FOLLOW_MS = 1000;

/** Returns when the daemon is gone. */
async function followJobs(
  daemon: DaemonLink,
  known: readonly JobReport[],
  show: (ended: readonly JobReport[]) => Promise<void>,
  list: () => Promise<JobReport[]>,
): Promise<void> {
  let open = true;
  daemon.onClose(() => {
    open = false;
  });
  const shown = new Set(known.filter((job) => !isRunning(job)).map(({ job }) => job));
  while (open) {
    await sleep(FOLLOW_MS);
    const ended = (await list()).filter((job) => !isRunning(job) && !shown.has(job.job));
    for (const { job } of ended) shown.add(job);
    await show(ended);
  }
}

/** As they were placed: a job's number is higher than those before it. */
function compareJobs(a: JobReport, b: JobReport): number {
  return a.job - b.job;
}

function printJobs(jobs: readonly JobReport[], hasTitles: boolean): void {
  const screen = describeScreen(process.env, process.stdout);
  const lines = formatTable(endedColumns(Date.now()), jobs, screen);
  print(
    lines
      .slice(hasTitles ? 0 : 1)
      .map((line) => `${line}\n`)
      .join(''),
  );
}
