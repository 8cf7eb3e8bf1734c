/** Jobs as tables, and which of them are wanted. */
import { type Color, formatCpus, type TextColumn } from '../core/text-table.ts';
import type { Option } from '../core/option-table.ts';
import type { JobReport } from '../core/wire/control-report.ts';
import type { JobFrom } from './everywhere.ts';
import { formatAge, formatClock } from './times.ts';

/** The options of every command that lists jobs. */
export const jobFilterOptions = [
  { name: 'user', short: 'u', value: 'NAME', help: 'only of this user' },
  { name: 'node', value: 'NODE', help: 'only on this node' },
] as const satisfies readonly Option[];

/** Of the commands that list jobs, whoever placed them. */
export const everywhereOption = {
  name: 'all',
  short: 'a',
  help: 'those of all nodes, asked by ssh',
} as const satisfies Option;

export function isWanted(
  job: JobReport,
  { user, node }: { readonly user: string | undefined; readonly node: string | undefined },
): boolean {
  return (user === undefined || job.user === user) && (node === undefined || job.node === node);
}

export function isRunning({ endedSecondsAgo }: JobReport): boolean {
  return endedSecondsAgo === undefined;
}

/** Where a job was started. */
export const fromColumn: TextColumn<JobFrom> = {
  title: 'from',
  isNumber: false,
  text: ({ from = '' }) => from,
};

export const runningColumns: readonly TextColumn<JobReport>[] = [
  { title: 'job', isNumber: true, text: ({ job }) => String(job) },
  { title: 'user', isNumber: false, text: ({ user }) => user, rank: 2 },
  { title: 'node', isNumber: false, text: ({ node }) => node },
  { title: 'cpus', isNumber: true, text: ({ cpus }) => formatCpus(cpus), rank: 4 },
  { title: 'for', isNumber: true, text: ({ placedSecondsAgo }) => formatAge(placedSecondsAgo) },
  {
    title: 'pid',
    isNumber: true,
    text: ({ pid }) => (pid === undefined ? '-' : String(pid)),
    rank: 3,
  },
  { title: 'command', isNumber: false, text: ({ command }) => command },
];

/** @param nowMs the wall clock, of which the moments are shown. */
export function endedColumns(nowMs: number): readonly TextColumn<JobReport>[] {
  return [
    {
      title: 'when',
      isNumber: false,
      text: ({ placedSecondsAgo }) => formatClock(nowMs - placedSecondsAgo * 1000),
    },
    { title: 'job', isNumber: true, text: ({ job }) => String(job), rank: 3 },
    { title: 'user', isNumber: false, text: ({ user }) => user, rank: 2 },
    { title: 'node', isNumber: false, text: ({ node }) => node },
    { title: 'took', isNumber: true, text: (job) => formatAge(tookSeconds(job)) },
    { title: 'outcome', isNumber: false, text: outcomeText, color: outcomeColor },
    { title: 'command', isNumber: false, text: ({ command }) => command },
  ];
}

/** From its placement to its end, or until now. */
export function tookSeconds({ placedSecondsAgo, endedSecondsAgo = 0 }: JobReport): number {
  return placedSecondsAgo - endedSecondsAgo;
}

function outcomeText(job: JobReport): string {
  return isRunning(job) ? 'running' : (job.outcome ?? '-');
}

function outcomeColor(job: JobReport): Color | undefined {
  if (isRunning(job)) return 'cyan';
  return job.outcome === undefined || job.outcome === '0' ? undefined : 'red';
}
