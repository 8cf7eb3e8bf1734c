/** What is asked of a cluster: which nodes, and which jobs arrive where and when. */
import type { JobSpec } from '../machine.ts';
import type { NetworkRules } from '../network.ts';
import { exponential, type Random } from '../random.ts';
import type { NodeSpec, World } from '../world.ts';

export interface Arrival {
  readonly atMs: number;
  /** Index of the node on which dsh is called. */
  readonly caller: number;
  readonly job: JobSpec;
}

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly nodes: readonly NodeSpec[];
  /** `makespan`: a burst, measured by when its last job ends. */
  readonly measure: 'slowdown' | 'makespan';
  /** Long-run rate, for the rules that are told. */
  readonly jobsPerSecond: number;
  /** In the order of time. */
  arrivals(random: Random): Arrival[];
  readonly network?: Partial<NetworkRules>;
  /** What happens besides, from the start. */
  disturb?(world: World, random: Random): void;
  /** Callers say how much memory a job takes. */
  readonly statesMemory?: boolean;
}

/** Tables are full and averages have settled. */
export const WARM_UP_MS = 5000;
export const GIBIBYTE = 2 ** 30;

export function equalNodes(count: number, cpus: number): NodeSpec[] {
  return Array.from({ length: count }, () => ({ cpus, speed: 1, totalBytes: 16 * GIBIBYTE }));
}

export function plainJob(workMs: number): JobSpec {
  return { workMs, threads: 1, memoryBytes: 0 };
}

export function capacityOf(nodes: readonly NodeSpec[]): number {
  return nodes.reduce((sum, { cpus, speed }) => sum + cpus * speed, 0);
}

/** Jobs of `drawJob` come at random to all nodes alike, `perSecond` of them. */
export function poissonArrivals(
  random: Random,
  nodes: number,
  perSecond: number,
  count: number,
  drawJob: (random: Random) => JobSpec,
): Arrival[] {
  let atMs = WARM_UP_MS;
  return Array.from({ length: count }, () => {
    atMs += exponential(random, 1000 / perSecond);
    return { atMs, caller: Math.floor(random() * nodes), job: drawJob(random) };
  });
}
