/** `dshctl jobs`: what runs now, of the jobs that this node's daemon placed. */
import { formatTable } from '../core/text-table.ts';
import { createCommand, exitStatuses } from './command.ts';
import { withDaemon } from './daemon.ts';
import { isRunning, isWanted, jobFilterOptions, runningColumns } from './job-table.ts';
import { jsonOption } from './json-option.ts';
import { print, printJson } from './output.ts';
import { describeScreen } from './screen.ts';

export const command = createCommand({
  options: [...jobFilterOptions, jsonOption],
  wordsMin: 0,
  wordsMax: 0,
  notes: 'These are the jobs that were started on this machine, wherever they run.',
  async run({ values }) {
    const all = await withDaemon((daemon) => daemon.jobs());
    const jobs = all.filter((job) => isRunning(job) && isWanted(job, values));
    if (values.json) printJson({ jobs });
    else {
      const screen = describeScreen(process.env, process.stdout);
      print(
        formatTable(runningColumns, jobs, screen)
          .map((line) => `${line}\n`)
          .join(''),
      );
    }
    return exitStatuses.done;
  },
});
