/** The workloads by name. Loads are shares of all CPUs; jobs are counted so that a run is short. */
import type { JobSpec } from '../machine.ts';
import { boundedPareto, exponential, hyperexponential, type Random } from '../random.ts';
import type { NodeSpec } from '../world.ts';
import { faultWorkloads } from './fault-workloads.ts';
import {
  capacityOf,
  equalNodes,
  GIBIBYTE,
  plainJob,
  poissonArrivals,
  WARM_UP_MS,
  type Workload,
} from './workload.ts';

export const workloads: readonly Workload[] = [
  steady('A', equalNodes(16, 4), 2000, 0.7, 4000),
  steady('B', equalNodes(16, 4), 10_000, 0.8, 2000),
  steady('D', equalNodes(64, 4), 2000, 0.8, 6000),
  steady('G', equalNodes(16, 4), 2000, 0.9, 5000),
  steady('H', equalNodes(16, 4), 60_000, 0.8, 1200),
  steady('J', equalNodes(16, 1), 2000, 0.7, 3000),
  burst('W2', 'for-loop of one caller, 16x4', 1),
  burst('W3', 'all 16 nodes at once, 16x4', 16),
  steady('F', mixedNodes(2, 16, 1), 5000, 0.8, 4000),
  steady('W4', mixedNodes(4, 4, 2), 2000, 0.7, 4000),
  steady('W5h', equalNodes(16, 4), 2000, 0.7, 4000, hyperexponential),
  steady('W5p', equalNodes(16, 4), 2000, 0.7, 4000, boundedPareto),
  antagonist(),
  memoryHungry('W7', false),
  memoryHungry('W7m', true),
  memoryOccupied(),
  mixedJobs(),
  ...faultWorkloads(steady('A', equalNodes(16, 4), 2000, 0.7, 4000)),
];

function steady(
  name: string,
  nodes: readonly NodeSpec[],
  meanMs: number,
  load: number,
  count: number,
  draw = exponential,
): Workload {
  const jobsPerSecond = (load * capacityOf(nodes) * 1000) / meanMs;
  const sizes = [...new Set(nodes.map(({ cpus }) => cpus))].join('/');
  const speeds = new Set(nodes.map(({ speed }) => speed)).size > 1 ? ', speeds 1/2' : '';
  const shape =
    draw === exponential ? '' : draw === boundedPareto ? ' Pareto' : ' hyperexponential';
  return {
    name,
    title: `${nodes.length}x${sizes}${speeds}, ${meanMs / 1000} s${shape}, load ${load}`,
    nodes,
    measure: 'slowdown',
    jobsPerSecond,
    arrivals: (random) =>
      poissonArrivals(random, nodes.length, jobsPerSecond, count, () =>
        plainJob(draw(random, meanMs)),
      ),
  };
}

/** As many jobs as there are CPUs, each caller's 10 ms apart. */
function burst(name: string, title: string, callers: number): Workload {
  const nodes = equalNodes(16, 4);
  const count = capacityOf(nodes);
  return {
    name,
    title: `${title}, ${count} jobs of 5 s`,
    nodes,
    measure: 'makespan',
    jobsPerSecond: count / 60,
    arrivals(random) {
      const first = Math.floor(random() * nodes.length);
      const arrivals = Array.from({ length: count }, (_, index) => ({
        atMs: WARM_UP_MS + Math.floor(index / callers) * 10,
        caller: (first + (index % callers)) % nodes.length,
        job: plainJob(exponential(random, 5000)),
      }));
      return arrivals;
    },
  };
}

function mixedNodes(smallCpus: number, largeCpus: number, largeSpeed: number): NodeSpec[] {
  return Array.from({ length: 16 }, (_, index) => {
    const large = index % 2 === 1;
    const totalBytes = 16 * GIBIBYTE;
    return large
      ? { cpus: largeCpus, speed: largeSpeed, totalBytes }
      : { cpus: smallCpus, speed: 1, totalBytes };
  });
}

/** Each half minute somebody else's work takes all CPUs of three nodes for as long. */
function antagonist(): Workload {
  const nodes = equalNodes(16, 4);
  const periodMs = 30_000;
  return {
    ...steady('W6', nodes, 2000, 0.5, 3000),
    title: '16x4, 2 s, load 0.5, others take 3 nodes for 30 s each',
    disturb({ agenda, nodes: all }, random) {
      const next = (): void => {
        for (let count = 0; count < 3; count += 1) {
          const { machine } = all[Math.floor(random() * all.length)]!;
          const foreign = { workMs: Infinity, threads: 4, memoryBytes: 0 };
          const run = machine.start(foreign, () => {});
          agenda.at(agenda.nowMs() + periodMs, () => machine.kill(run));
        }
        agenda.at(agenda.nowMs() + periodMs, next);
      };
      agenda.at(WARM_UP_MS, next);
    },
  };
}

/** One job in ten takes a quarter of a node's memory. */
function memoryHungry(name: string, statesMemory: boolean): Workload {
  const nodes = equalNodes(16, 16);
  const jobsPerSecond = (0.7 * capacityOf(nodes)) / 5;
  return {
    ...steady(name, nodes, 5000, 0.7, 4000),
    title: `16x16, 5 s, load 0.7, 1 in 10 takes 1/4 of the memory${statesMemory ? ' and says so' : ''}`,
    statesMemory,
    arrivals: (random) =>
      poissonArrivals(random, nodes.length, jobsPerSecond, 4000, () => {
        const memoryBytes = random() < 0.1 ? nodes[0]!.totalBytes / 4 : 0;
        return { ...plainJob(exponential(random, 5000)), memoryBytes };
      }),
  };
}

/** Somebody sleeps on three fifths of the memory of every other node, which costs the jobs nothing. */
function memoryOccupied(): Workload {
  const nodes = equalNodes(16, 4);
  return {
    ...steady('W7u', nodes, 2000, 0.9, 5000),
    title: '16x4, 2 s, load 0.9, 3/5 of the memory of every other node in use',
    disturb({ agenda, nodes: all }) {
      const sleeper = { workMs: 2, threads: 1, rest: { burstMs: 1, sleepMs: Infinity } };
      agenda.at(0, () => {
        for (const { index, machine, spec } of all) {
          const memoryBytes = 0.6 * spec.totalBytes;
          if (index % 2 === 1) machine.start({ ...sleeper, memoryBytes }, () => {});
        }
      });
    },
  };
}

/** Seven in ten compute, two mostly sleep, one has eight threads. */
function mixedJobs(): Workload {
  const nodes = equalNodes(16, 8);
  const meanMs = 4000;
  const jobsPerSecond = (0.6 * capacityOf(nodes) * 1000) / meanMs;
  const draw = (random: Random): JobSpec => {
    const job = plainJob(exponential(random, meanMs));
    const kind = random();
    if (kind < 0.7) return job;
    if (kind < 0.9) return { ...job, rest: { burstMs: 100, sleepMs: 300 } };
    return { ...job, threads: 8 };
  };
  return {
    ...steady('W8', nodes, meanMs, 0.6, 4000),
    title: '16x8, 4 s of CPU, load 0.6, sleepers and jobs of 8 threads',
    arrivals: (random) => poissonArrivals(random, nodes.length, jobsPerSecond, 4000, draw),
  };
}
