/** Jobs as a table, the newest first. */
import { h, reconcile, setAttribute, setText } from './dom.ts';
import { formatTime } from './format.ts';
import type { JobRow } from './model.ts';
import { jobLink, nodeLink } from './route.ts';

const ROWS_MAX = 50;

const titles = ['job', 'command', 'user', 'node', 'placed', 'took', 'outcome'];
const numbers = new Set(['placed', 'took']);

export interface JobTable {
  readonly root: HTMLElement;
  update(jobs: readonly JobRow[], nowMs: number): void;
}

export function createJobTable(self: string): JobTable {
  const body = h('tbody');
  const rows = new Map<number, HTMLTableRowElement>();
  const heads = titles.map((title) =>
    h('th', { scope: 'col', class: numbers.has(title) ? 'number' : '' }, title),
  );
  const caption = h('caption', { class: 'hidden' }, 'Jobs, the newest first');
  const table = h('table', {}, caption, h('thead', {}, h('tr', {}, ...heads)), body);
  const none = h('p', { class: 'muted' }, `No job was placed from ${self} of late.`);
  const region = { class: 'wide', tabindex: 0, role: 'region', 'aria-label': 'Table of jobs' };
  const wide = h('div', region, table);
  return {
    root: h('div', {}, none, wide),
    update(jobs, nowMs) {
      const shown = jobs.slice(-ROWS_MAX).toReversed();
      const byNumber = new Map(shown.map((job) => [job.job, job]));
      setAttribute(none, 'hidden', shown.length > 0);
      setAttribute(wide, 'hidden', shown.length === 0);
      reconcile(body, rows, [...byNumber.keys()], (job) => createRow(byNumber.get(job)!));
      for (const job of shown) fillRow(rows.get(job.job)!, job, nowMs);
    },
  };
}

/** How a job stands: how it ended, or what it does. */
export function describeOutcome({ outcome, startedMs, endedMs }: JobRow): string {
  if (endedMs !== undefined) {
    if (outcome === undefined) return 'ended';
    return /^\d+$/.test(outcome) ? `exit ${outcome}` : outcome;
  }
  return startedMs === undefined ? 'placed' : 'running';
}

export function jobDurationMs({ startedMs, placedMs, endedMs }: JobRow, nowMs: number): number {
  return Math.max(0, (endedMs ?? nowMs) - (startedMs ?? placedMs));
}

function createRow({ job, command, user, node }: JobRow): HTMLTableRowElement {
  const number = h(
    'a',
    { href: jobLink(job), 'aria-label': `job ${job}: why there?` },
    String(job),
  );
  const cells = [
    h('td', { class: 'command' }, command),
    h('td', {}, user),
    h('td', {}, h('a', { href: nodeLink(node) }, node)),
    h('td', { class: 'number' }),
    h('td', { class: 'number' }),
    h('td', {}),
  ];
  return h('tr', {}, h('th', { scope: 'row' }, number), ...cells);
}

function fillRow(row: HTMLTableRowElement, job: JobRow, nowMs: number): void {
  setText(row.cells[4]!, `${formatTime(nowMs - job.placedMs)} ago`);
  setText(row.cells[5]!, formatTime(jobDurationMs(job, nowMs)));
  setText(row.cells[6]!, describeOutcome(job));
  setAttribute(row, 'data-live', job.endedMs === undefined);
}
