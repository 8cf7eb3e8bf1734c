/** `dshctl trace`: which node ran what when, as a file for Perfetto or chrome://tracing. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobReport } from '../core/wire/control-report.ts';
import type { DaemonLink } from '../node/control-client.ts';
import { createCommand, exitStatuses, failure } from './command.ts';
import { findNode, withDaemon } from './daemon.ts';
import { isWanted, jobFilterOptions } from './job-table.ts';
import { countText, print, say } from './output.ts';
import { type TracedJob, traceJobs } from './trace-events.ts';
import { runTraced } from './traced-command.ts';

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
      if (values.node !== undefined) await findNode(daemon, values.node);
      const before = new Set<number>();
      const isOurs = (job: JobReport): boolean => !before.has(job.job) && isWanted(job, values);
      const jobs = new Map<number, TracedJob>();
      const collect = async (): Promise<void> => collectJobs(daemon, jobs, isOurs);
      if (words.length === 0) {
        await collect();
        if (jobs.size === 0) throw new Error('no job was placed, so there is nothing to be traced');
        save(values.output, jobs);
        return exitStatuses.done;
      }
      if (values.output !== undefined) checkOutput(values.output);
      for (const { job } of await daemon.jobs()) before.add(job);
      const status = await collectMeanwhile(collect, runTraced(words));
      await collectEnds(collect, jobs);
      if (jobs.size === 0) say('no job was placed, so the trace is empty');
      save(values.output, jobs);
      return status;
    });
  },
});

/** An hour of building is not to be lost for a wrong name. */
function checkOutput(file: string): void {
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw cannotWrite(file, error);
  }
}

function cannotWrite(file: string, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  return failure(
    `-o ${file}: it cannot be written (${code}): expected a file in a directory of yours`,
    exitStatuses.misuse,
  );
}

/** The daemon forgets after 1,000 jobs, and the fastest places several hundred a second. */
const COLLECT_MS = 500;
const RUNNING = 'running';

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
      outcome: endedSecondsAgo === undefined ? RUNNING : (outcome ?? ''),
    });
  }
}

async function collectMeanwhile(
  collect: () => Promise<void>,
  work: Promise<number>,
): Promise<number> {
  let collecting: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    collecting = collecting.then(collect);
  }, COLLECT_MS);
  try {
    const status = await work;
    await collecting;
    return status;
  } finally {
    clearInterval(timer);
  }
}

/** The daemon hears of the end of a job a moment after its `dsh` has ended. */
const LAST_END_MS = 500;
const LOOK_AGAIN_MS = 20;

/** What still runs after that was left behind on purpose. */
async function collectEnds(
  collect: () => Promise<void>,
  jobs: ReadonlyMap<number, TracedJob>,
): Promise<void> {
  const untilMs = performance.now() + LAST_END_MS;
  await collect();
  while (
    performance.now() < untilMs &&
    [...jobs.values()].some(({ outcome }) => outcome === RUNNING)
  ) {
    await sleep(LOOK_AGAIN_MS);
    await collect();
  }
}

function save(file: string | undefined, jobs: ReadonlyMap<number, TracedJob>): void {
  const traceEvents = traceJobs([...jobs.values()]);
  const text = `${JSON.stringify({ traceEvents, displayTimeUnit: 'ms' })}\n`;
  if (file === undefined) return print(text);
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw cannotWrite(file, error);
  }
  say(`${countText(jobs.size, 'job')} in ${file}; open it at ui.perfetto.dev`);
}
