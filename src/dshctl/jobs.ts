/** `dshctl jobs`: what runs now, of the jobs that this node's daemon placed, or the daemons of all. */
import { formatTable } from '../core/text-table.ts';
import type { JobReport } from '../core/wire/control-report.ts';
import { createCommand, exitStatuses } from './command.ts';
import { withDaemon } from './daemon.ts';
import { gatherJobs, type JobFrom } from './everywhere.ts';
import {
  everywhereOption,
  fromColumn,
  isRunning,
  isWanted,
  jobFilterOptions,
  runningColumns,
} from './job-table.ts';
import { jsonOption } from './json-option.ts';
import { print, printJson, say } from './output.ts';
import { describeScreen } from './screen.ts';
import { readDeadlineMs, readShell, shellOptions } from './shell-options.ts';

export const command = createCommand({
  options: [...jobFilterOptions, everywhereOption, ...shellOptions, jsonOption],
  wordsMin: 0,
  wordsMax: 0,
  notes: `These are the jobs that were started on this machine, wherever they run. With
--all, those of all machines: dshctl jobs is run on each by ssh.`,
  async run({ values }) {
    const isShown = (job: JobReport): boolean => isRunning(job) && isWanted(job, values);
    const screen = describeScreen(process.env, process.stdout);
    const show = (lines: readonly string[]): void =>
      print(lines.map((line) => `${line}\n`).join(''));
    if (!values.all) {
      const jobs = (await withDaemon((daemon) => daemon.jobs())).filter(isShown);
      if (values.json) printJson({ jobs });
      else show(formatTable(runningColumns, jobs, screen));
      return exitStatuses.done;
    }
    const shell = readShell(values);
    const gathering = { shell, deadlineMs: readDeadlineMs(values), words: ['jobs', '--json'] };
    const { jobs: all, failures } = await withDaemon((daemon) => gatherJobs(daemon, gathering));
    const jobs = all.filter(isShown);
    for (const line of failures) say(line);
    if (values.json) printJson({ jobs });
    else show(formatTable<JobFrom>([fromColumn, ...runningColumns], jobs, screen));
    return failures.length === 0 ? exitStatuses.done : exitStatuses.failed;
  },
});
