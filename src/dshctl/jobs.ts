/** `dshctl jobs`: what runs now, of the jobs that this node's daemon placed, or the daemons of all. */
import { formatTable } from '../core/text-table.ts';
import { createCommand, exitStatuses } from './command.ts';
import { findNode, withDaemon } from './daemon.ts';
import { type Gathered, gatherJobs } from './everywhere.ts';
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
    const shell = readShell(values);
    const gathering = { shell, deadlineMs: readDeadlineMs(values) };
    const found: Gathered = await withDaemon(async (daemon) => {
      if (values.node !== undefined) await findNode(daemon, values.node);
      if (values.all) return gatherJobs(daemon, gathering);
      return { jobs: await daemon.jobs(), failures: [] };
    });
    const jobs = found.jobs.filter((job) => isRunning(job) && isWanted(job, values));
    for (const line of found.failures) say(line);
    if (values.json) printJson({ jobs });
    else {
      const columns = values.all ? [fromColumn, ...runningColumns] : runningColumns;
      const lines = formatTable(columns, jobs, describeScreen(process.env, process.stdout));
      print(lines.map((line) => `${line}\n`).join(''));
    }
    return found.failures.length === 0 ? exitStatuses.done : exitStatuses.failed;
  },
});
