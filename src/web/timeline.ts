/** The jobs of the last ten minutes, each a bar in the row of its node, in the colour of its user. */
import { h, reconcile, setAttribute, setText } from './dom.ts';
import { formatCount, formatTime } from './format.ts';
import type { JobRow } from './model.ts';
import { jobLink } from './route.ts';
import { layOutJobs, type TimelineRow, userColour } from './timeline-layout.ts';

export interface Timeline {
  readonly root: HTMLElement;
  update(jobs: Iterable<JobRow>, nowMs: number): void;
}

/** The table of jobs says the same in words, so this is not read out. */
export function createTimeline(): Timeline {
  const rows = new Map<string, HTMLElement>();
  const list = h('div', { class: 'lanes' });
  const more = h('p', { class: 'muted' });
  const marks = Array.from({ length: MARKS }, () => h('span'));
  const axis = h('div', { class: 'axis' }, ...marks, h('span', {}, 'now'));
  const root = h('div', { class: 'timeline', 'aria-hidden': true }, list, axis, more);
  // One for all bars: they are not links, since each would be a stop of Tab.
  list.addEventListener('click', (event) => {
    const job = (event.target as Element).closest<HTMLElement>('[data-job]')?.dataset['job'];
    if (job !== undefined) location.hash = jobLink(Number(job));
  });
  return {
    root,
    update(jobs, nowMs) {
      const layout = layOutJobs(jobs, nowMs);
      reconcile(
        list,
        rows,
        layout.rows.map(({ node }) => node),
        createRow,
      );
      for (const row of layout.rows) fillRow(rows.get(row.node)!, row);
      for (const [index, mark] of marks.entries()) {
        setText(mark, `${formatTime(layout.windowMs * (1 - index / MARKS))} ago`);
      }
      setAttribute(root, 'hidden', layout.rows.length === 0);
      setText(more, layout.more > 0 ? `and ${formatCount(layout.more, 'more node')}` : '');
    },
  };
}

const MARKS = 4;
const LANE_PX = 14;

function createRow(node: string): HTMLElement {
  return h(
    'div',
    { class: 'row' },
    h('span', { class: 'name' }, node),
    h('div', { class: 'bars' }),
  );
}

const barsOf = new WeakMap<Element, Map<number, HTMLElement>>();

function fillRow(element: HTMLElement, { lanes, bars }: TimelineRow): void {
  const track = element.lastElementChild as HTMLElement;
  const known = barsOf.get(track) ?? new Map<number, HTMLElement>();
  barsOf.set(track, known);
  track.style.height = `${lanes * LANE_PX}px`;
  const byJob = new Map(bars.map((bar) => [bar.job.job, bar]));
  reconcile(track, known, [...byJob.keys()], (job) => createBar(byJob.get(job)!.job));
  for (const { job, lane, from, to } of bars) {
    const bar = known.get(job.job)!;
    bar.style.left = `${(from * 100).toFixed(3)}%`;
    bar.style.width = `${((to - from) * 100).toFixed(3)}%`;
    bar.style.top = `${lane * LANE_PX}px`;
    setAttribute(bar, 'data-live', job.endedMs === undefined);
  }
}

function createBar({ job, user, command }: JobRow): HTMLElement {
  const title = `${job}: ${user}: ${command}`;
  return h('div', { class: 'bar', 'data-job': job, 'data-user': userColour(user), title }, command);
}
