/** What the page knows: the newest row of each node and job, at times of this browser's own clock. */
import type { NodeView } from '../core/wire/control.ts';
import type { JobReport } from '../core/wire/control-report.ts';
import type { NewsAnswer } from '../core/wire/web-api.ts';

export interface Model {
  readonly self: string;
  /** By name, in an order that stays, so that a node has its place in the map. */
  readonly nodes: ReadonlyMap<string, NodeRow>;
  /** By number, oldest first. */
  readonly jobs: ReadonlyMap<number, JobRow>;
}

export interface NodeRow extends NodeView {
  readonly measuredMs: number;
}

export interface JobRow extends JobReport {
  readonly placedMs: number;
  readonly startedMs?: number;
  readonly endedMs?: number;
}

/** The daemon forgets old jobs and does not say so. */
const JOBS_MAX = 1000;

export function createModel(news: NewsAnswer, nowMs: number): Model {
  const nodes = news.nodes.map((node) => placeNode(node, nowMs));
  nodes.sort((a, b) => compareNames(a.name, b.name));
  return {
    self: news.self,
    nodes: new Map(nodes.map((node) => [node.name, node])),
    jobs: mergeJobs(new Map(), news.jobs, nowMs),
  };
}

/** Rows replace those of the same node or job. */
export function changeModel(model: Model, news: NewsAnswer, nowMs: number): Model {
  const nodes = new Map(model.nodes);
  for (const node of news.nodes) nodes.set(node.name, placeNode(node, nowMs));
  return { ...model, nodes, jobs: mergeJobs(model.jobs, news.jobs, nowMs) };
}

export interface Totals {
  readonly nodes: number;
  readonly usable: number;
  readonly load: number;
  readonly cpus: number;
  readonly usedBytes: number;
  readonly totalBytes: number;
  readonly jobs: number;
}

/** Of the nodes that can be chosen; a silent one has no figures that hold. */
export function sumNodes({ nodes }: Model): Totals {
  const usable = [...nodes.values()].filter(isUsable);
  const sum = (figure: (node: NodeRow) => number): number =>
    usable.reduce((total, node) => total + figure(node), 0);
  return {
    nodes: nodes.size,
    usable: usable.length,
    load: sum(({ load }) => load),
    cpus: sum(({ cpus }) => cpus),
    usedBytes: sum(({ totalBytes, freeBytes }) => totalBytes - freeBytes),
    totalBytes: sum(({ totalBytes }) => totalBytes),
    jobs: sum(({ jobs }) => jobs),
  };
}

export function isUsable({ cost }: NodeView): boolean {
  return cost !== null;
}

/** node-2 comes before node-10. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}

const collator = new Intl.Collator('en', { numeric: true });

function placeNode(node: NodeView, nowMs: number): NodeRow {
  return { ...node, measuredMs: nowMs - node.ageSeconds * 1000 };
}

function mergeJobs(
  known: ReadonlyMap<number, JobRow>,
  news: readonly JobReport[],
  nowMs: number,
): Map<number, JobRow> {
  const jobs = new Map(known);
  for (const job of news) jobs.set(job.job, placeJob(job, nowMs, known.get(job.job)));
  const sorted = [...jobs].toSorted(([a], [b]) => a - b);
  return new Map(sorted.slice(-JOBS_MAX));
}

/** Times that are known stay: told again, they would shake by the time that the message took. */
function placeJob(report: JobReport, nowMs: number, known: JobRow | undefined): JobRow {
  const at = (secondsAgo: number | undefined): number | undefined =>
    secondsAgo === undefined ? undefined : nowMs - secondsAgo * 1000;
  const startedMs = known?.startedMs ?? at(report.startedSecondsAgo);
  const endedMs = known?.endedMs ?? at(report.endedSecondsAgo);
  return {
    ...report,
    placedMs: known?.placedMs ?? nowMs - report.placedSecondsAgo * 1000,
    ...(startedMs === undefined ? {} : { startedMs }),
    ...(endedMs === undefined ? {} : { endedMs }),
  };
}
