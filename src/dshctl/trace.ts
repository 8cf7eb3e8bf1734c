/** `dshctl trace`: which node ran what when, as a file for Perfetto or chrome://tracing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { JobReport } from '../core/wire/control-report.ts';
import type { DaemonLink } from '../node/control-client.ts';
import { createCommand, exitStatuses } from './command.ts';
import { withDaemon } from './daemon.ts';
import { isWanted, jobFilterOptions } from './job-table.ts';
import { print, say } from './output.ts';
import { type TracedJob, traceJobs } from './trace-events.ts';

export const command = createCommand({
  options: [
    { name: 'output', short: 'o', value: 'FILE', help: 'write it there, not to stdout' },
    ...jobFilterOptions,
  ],
  wordsMin: 0,
  wordsMax: Infinity,
  isForCommand: true,
  notes: `Open the file at ui.perfetto.dev, which keeps it on your machine, or in
chrome://tracing. With a command, as in dshctl trace -o build.json -- make
-j16, it is run, the jobs that are placed meanwhile are traced, and the exit
status is the command's. Without, those that the daemon remembers are.`,
  async run({ values, words }) {
    return withDaemon(async (daemon) => {
      const jobs = new Map<number, TracedJob>();
      const isOurs = (job: JobReport): boolean => isWanted(job, values);
      const collect = async (): Promise<void> => collectJobs(daemon, jobs, isOurs);
      let status: number = exitStatuses.done;
      if (words.length > 0) {
        await collect();
        const before = new Set(jobs.keys());
        status = await runTraced(words, collect);
        for (const job of before) jobs.delete(job);
      } else await collect();
      if (jobs.size === 0) throw new Error('no job was placed, so there is nothing to be traced');
      save(values.output, [...jobs.values()]);
      return status;
    });
  },
});

/** The daemon forgets after 1,000 jobs, and the fastest places several hundred a second. */
const COLLECT_MS = 500;

/** Takes down what the daemon knows by now; a job that still runs ends, for now, at this moment. */
async function collectJobs(
  daemon: DaemonLink,
  jobs: Map<number, TracedJob>,
  isOurs: (job: JobReport) => boolean,
): Promise<void> {
  const reports = await daemon.jobs();
  const nowMs = performance.now();
  for (const report of reports) {
    if (!isOurs(report)) continue;
    const { job, node, user, command: text, placedSecondsAgo, endedSecondsAgo } = report;
    const { startedSecondsAgo = placedSecondsAgo, outcome } = report;
    const at = (secondsAgo: number): number => nowMs - secondsAgo * 1000;
    jobs.set(job, {
      job,
      node,
      user,
      command: text,
      placedMs: at(placedSecondsAgo),
      startedMs: at(startedSecondsAgo),
      endedMs: at(endedSecondsAgo ?? 0),
      outcome: endedSecondsAgo === undefined ? 'running' : (outcome ?? ''),
    });
  }
}

async function runTraced(
  [program, ...words]: readonly string[],
  collect: () => Promise<void>,
): Promise<number> {
  // ^C is for the command; what was done until then is worth to be seen.
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  const child = spawn(program!, words, { stdio: 'inherit' });
  let collecting: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    collecting = collecting.then(collect);
  }, COLLECT_MS);
  try {
    const [status, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    await collecting;
    await collect();
    return status ?? 128 + constants.signals[signal!];
  } finally {
    clearInterval(timer);
    process.off('SIGINT', ignore);
  }
}

function save(file: string | undefined, jobs: readonly TracedJob[]): void {
  const text = `${JSON.stringify({ traceEvents: traceJobs(jobs), displayTimeUnit: 'ms' })}\n`;
  if (file === undefined) return print(text);
  writeFileSync(file, text);
  say(`${jobs.length} jobs are in ${file}; open it at ui.perfetto.dev`);
}
