/** What `dshctl top` shows and what its keys do, without a terminal or a clock. */
import type { NodeView } from '../core/wire/control.ts';
import type { JobReport } from '../core/wire/control-report.ts';
import { isRunning } from './job-table.ts';
import { loadShare } from './node-table.ts';
import { findNodeOrder, nodeOrderNames } from './node-order.ts';

export interface TopState {
  readonly nodes: readonly NodeView[];
  /** Those that run. */
  readonly jobs: readonly JobReport[];
  /** By node name: its load per CPU at the last looks, the newest last. */
  readonly history: ReadonlyMap<string, readonly number[]>;
  readonly order: string;
  readonly filter: string;
  /** The keys make up the filter. */
  readonly isTyping: boolean;
  /** The node of the cursor. */
  readonly selected: string | undefined;
  /** Only that node and its jobs are shown. */
  readonly isAlone: boolean;
  readonly isMine: boolean;
  readonly isPaused: boolean;
  readonly isHelp: boolean;
  readonly isOver: boolean;
  /** Why the figures are old; empty: they are not. */
  readonly problem: string;
}

export const HISTORY_MAX = 60;

export function createTopState(order: string): TopState {
  return {
    nodes: [],
    jobs: [],
    history: new Map(),
    order,
    filter: '',
    isTyping: false,
    selected: undefined,
    isAlone: false,
    isMine: false,
    isPaused: false,
    isHelp: false,
    isOver: false,
    problem: '',
  };
}

export function takeFigures(
  state: TopState,
  nodes: readonly NodeView[],
  jobs: readonly JobReport[],
): TopState {
  const history = new Map(
    nodes.map((node) => {
      const before = state.history.get(node.name) ?? [];
      return [node.name, [...before.slice(1 - HISTORY_MAX), loadShare(node)]];
    }),
  );
  return { ...state, nodes, jobs: jobs.filter(isRunning), history, problem: '' };
}

/** The nodes that are shown, in their order. */
export function listNodes(state: TopState): readonly NodeView[] {
  const { nodes, jobs, filter, order, isAlone, selected } = state;
  if (isAlone) return nodes.filter(({ name }) => name === selected);
  const busy = new Set(jobs.filter((job) => isAbout(job, filter)).map(({ node }) => node));
  return nodes
    .filter((node) => matchesNode(node, filter) || busy.has(node.name))
    .toSorted(findNodeOrder(order));
}

/** The jobs that are shown, the newest first. */
export function listJobs(state: TopState, user: string): readonly JobReport[] {
  const { jobs, nodes, filter, isMine, isAlone, selected } = state;
  const wanted = jobs.filter((job) => !isMine || job.user === user);
  if (isAlone) return wanted.filter(({ node }) => node === selected);
  const named = new Set(nodes.filter((each) => matchesNode(each, filter)).map(({ name }) => name));
  return wanted.filter((job) => isAbout(job, filter) || named.has(job.node));
}

/** @param page how far a page goes. */
export function pressKey(state: TopState, key: string, page: number): TopState {
  if (state.isTyping) return typeFilter(state, key);
  if (state.isHelp) return { ...state, isHelp: false, isOver: key === 'q' };
  const step = moves[key];
  if (step) return select(state, step, page);
  switch (key) {
    case 'q':
      return { ...state, isOver: true };
    case 's':
      return { ...state, order: nextOf(nodeOrderNames, state.order) };
    case '/':
      return { ...state, isTyping: true, isAlone: false };
    case 'enter':
      return { ...state, isAlone: !state.isAlone && state.selected !== undefined };
    case 'escape':
      return { ...state, isAlone: false, filter: state.isAlone ? state.filter : '' };
    case 'u':
      return { ...state, isMine: !state.isMine };
    case 'p':
      return { ...state, isPaused: !state.isPaused };
    case '?':
    case 'h':
      return { ...state, isHelp: true };
    default:
      return state;
  }
}

type Step = (at: number, page: number, last: number) => number;

const moves: Readonly<Record<string, Step | undefined>> = {
  up: (at) => at - 1,
  k: (at) => at - 1,
  down: (at) => at + 1,
  j: (at) => at + 1,
  pageup: (at, page) => at - page,
  pagedown: (at, page) => at + page,
  home: () => 0,
  end: (_, __, last) => last,
};

function select(state: TopState, step: Step, page: number): TopState {
  // Of a node alone, the keys go to its neighbours all the same.
  const nodes = listNodes({ ...state, isAlone: false });
  const last = nodes.length - 1;
  const at = nodes.findIndex(({ name }) => name === state.selected);
  const next = at < 0 ? 0 : Math.min(last, Math.max(0, step(at, page, last)));
  return { ...state, selected: nodes[next]?.name };
}

function typeFilter(state: TopState, key: string): TopState {
  if (key === 'enter') return { ...state, isTyping: false };
  if (key === 'escape') return { ...state, isTyping: false, filter: '' };
  if (key === 'backspace') return { ...state, filter: state.filter.replace(/.$/u, '') };
  return /^.$/u.test(key) ? { ...state, filter: state.filter + key } : state;
}

function matchesNode({ name, state }: NodeView, filter: string): boolean {
  return name.includes(filter) || state === filter;
}

function isAbout({ user, command }: JobReport, filter: string): boolean {
  return filter !== '' && (user.includes(filter) || command.includes(filter));
}

function nextOf(list: readonly string[], current: string): string {
  return list[(list.indexOf(current) + 1) % list.length]!;
}
