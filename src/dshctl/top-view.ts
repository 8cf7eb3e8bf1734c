/** A screen of `dshctl top`, as lines. */
import { formatTable, type TextColumn } from '../core/text-table.ts';
import { cutText } from '../core/text-width.ts';
import type { NodeView } from '../core/wire/control.ts';
import { runningColumns } from './job-table.ts';
import { formatNodes, summarize } from './node-table.ts';
import type { Screen } from './screen.ts';
import { listJobs, listNodes, type TopState } from './top-state.ts';

export interface TopFrame {
  readonly rows: number;
  /** With the width. */
  readonly screen: Screen;
  /** The time of day. */
  readonly clock: string;
  readonly user: string;
}

/** At most `rows` lines, none wider than the screen. */
export function drawTop(state: TopState, frame: TopFrame): string[] {
  const { rows, screen } = frame;
  const head = [drawSummary(state, frame), drawModes(state, screen)];
  const body = rows - head.length;
  const lines = state.isHelp ? drawHelp(screen) : drawTables(state, frame, body);
  return [...head, ...lines].slice(0, rows);
}

/** How many nodes there is room for. */
export function countNodeRows(state: TopState, { rows, user }: TopFrame): number {
  const body = rows - HEAD_ROWS;
  const jobs = listJobs(state, user).length;
  const nodes = listNodes(state).length;
  // Nodes have what jobs leave; jobs have two fifths, and more where there are few nodes.
  const forJobs = Math.min(
    jobs + JOB_HEAD_ROWS,
    Math.max(Math.floor(body * 0.4), body - nodes - 1),
  );
  return Math.max(1, body - 1 - (jobs > 0 ? forJobs : JOB_HEAD_ROWS));
}

const HEAD_ROWS = 2;
/** A blank line and one that says what follows. */
const JOB_HEAD_ROWS = 2;
const MARK_WIDTH = 2;

function drawSummary({ nodes, problem }: TopState, { screen, clock }: TopFrame): string {
  const left = `dshctl top ${clock}  `;
  const text = cutText(problem || summarize(nodes), Math.max(0, screen.columns - left.length));
  return screen.paint('bold', left) + (problem ? screen.paint('red', text) : text);
}

function drawModes(state: TopState, screen: Screen): string {
  const { order, filter, isTyping, isPaused, isMine, isAlone, selected } = state;
  const modes = [
    `sort ${order}`,
    ...(isTyping || filter !== '' ? [`filter ${filter}${isTyping ? '_' : ''}`] : []),
    ...(isAlone ? [`node ${selected} alone`] : []),
    ...(isMine ? ['my jobs'] : []),
    ...(isPaused ? ['paused'] : []),
    isTyping ? 'Enter keeps it, Esc drops it' : '? keys, q quits',
  ];
  const text = state.isHelp ? 'any key goes on' : modes.join('; ');
  return screen.paint('dim', cutText(text, screen.columns));
}

function drawTables(state: TopState, frame: TopFrame, rows: number): string[] {
  const { screen, user } = frame;
  const inner = { ...screen, columns: screen.columns - MARK_WIDTH };
  const all = listNodes(state);
  const room = countNodeRows(state, frame);
  const at = Math.max(
    0,
    all.findIndex(({ name }) => name === state.selected),
  );
  // The cursor stays in the middle, where there is something on both sides.
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), all.length - room));
  const shown = all.slice(first, first + room);
  const table = formatNodes(shown, inner, [historyColumn(state, screen)]);
  const marked = table.map((line, index) => {
    const isSelected = index > 0 && shown[index - 1]!.name === state.selected;
    return isSelected ? `${screen.paint('cyan', '>')} ${line}` : `  ${line}`;
  });
  if (all.length === 0) marked.push('  no node matches');
  const hidden = all.length - shown.length;
  const range =
    hidden > 0 ? `; nodes ${first + 1} to ${first + shown.length} of ${all.length}` : '';
  const jobs = listJobs(state, user);
  const count = `${jobs.length} job${jobs.length === 1 ? '' : 's'}`;
  const title = `${count} started on this machine${range}`;
  const left = rows - marked.length - JOB_HEAD_ROWS - 1;
  return [
    ...marked,
    '',
    screen.paint('bold', cutText(title, screen.columns)),
    ...formatTable(runningColumns, jobs.slice(0, Math.max(0, left)), inner).map(
      (line) => `  ${line}`,
    ),
  ];
}

function historyColumn({ history }: TopState, { bar, columns }: Screen): TextColumn<NodeView> {
  const width = columns < WIDE_COLUMNS ? 10 : 30;
  const levels = Array.from(bar.heights);
  return {
    title: 'history',
    isNumber: false,
    rank: 5,
    text: ({ name }) =>
      (history.get(name) ?? [])
        .slice(-width)
        .map((share) => levels[Math.min(levels.length - 1, Math.ceil(share * (levels.length - 1)))])
        .join('')
        .padStart(width),
  };
}

const WIDE_COLUMNS = 100;

function drawHelp(screen: Screen): string[] {
  const keys = [
    ['up, down, k, j', 'the node before, the next one'],
    ['PgUp, PgDn, Home, End', 'further'],
    ['Enter', 'that node alone, with its jobs; and back'],
    ['s', 'another order: by name, load, free memory, jobs, age, cost'],
    ['/', 'filter: by a part of a name, a state, a user, a part of a command'],
    ['Esc', 'all nodes again'],
    ['u', 'only my jobs; and back'],
    ['p', 'pause'],
    ['q', 'quit'],
  ] as const;
  return keys.map(([key, text]) => cutText(`  ${key.padEnd(22)}${text}`, screen.columns));
}
