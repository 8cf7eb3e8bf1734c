/** One run: a workload, a rule, a seed; the same seed brings the same jobs to every rule. */
import type { Core } from '../daemon.ts';
import { dispatch, type JobOutcome } from '../dispatch.ts';
import type { JobSpec } from '../machine.ts';
import type { PlacerKind } from '../placer.ts';
import { createRandom } from '../random.ts';
import { meanOf, quantileOf } from '../statistics.ts';
import { createWorld, type World } from '../world.ts';
import type { Workload } from './workload.ts';

export interface RunResult {
  /** Run time over the time that the job takes alone on the fastest node. */
  readonly meanSlowdown: number;
  readonly p99Slowdown: number;
  /** Of the jobs that take no memory. */
  readonly smallSlowdown: number;
  readonly makespanMs: number;
  readonly decisionP50Ms: number;
  readonly decisionP99Ms: number;
  readonly thrashEvents: number;
  readonly thrashMs: number;
  readonly lost: number;
  readonly refused: number;
  /** Remote shells sent to a node that had been dead for longer than a record is usable. */
  readonly lateAttempts: number;
  readonly packetsPerNodeSecond: number;
  readonly bytesPerNodeSecond: number;
  readonly virtualMs: number;
}

/** Jobs of the first tenth find the cluster emptier than it will be. */
const DISCARDED_SHARE = 0.1;
const DEAD_LIMIT_MS = 4500;

export function runWorkload(
  workload: Workload,
  kind: PlacerKind,
  seed: number,
  core?: Core,
): RunResult {
  const world = createWorld({
    seed,
    nodes: workload.nodes,
    hasDaemons: kind.daemons !== 'none',
    pushes: kind.daemons === 'with pushes',
    ...(workload.network && { network: workload.network }),
    seesMemory: kind.isBlindToMemory !== true,
    ...(core && { core }),
  });
  const { jobsPerSecond, statesMemory = false } = workload;
  const isStated = statesMemory && kind.isBlindToMemory !== true;
  const statedBytes = (job: JobSpec): number => (isStated ? job.memoryBytes : 0);
  const placer = kind.create(world, { jobsPerSecond, statedBytes });
  const arrivals = workload.arrivals(createRandom(seed, 'arrivals'));
  workload.disturb?.(world, createRandom(seed, 'disturbances'));

  const outcomes: JobOutcome[] = [];
  const arrive = (index: number): void => {
    const arrival = arrivals[index];
    if (!arrival) return;
    world.agenda.at(arrival.atMs, () => {
      arrive(index + 1);
      // A caller whose node is down calls nothing.
      const caller = findCaller(world, arrival.caller);
      dispatch(world, placer, caller, arrival.job, (outcome) => outcomes.push(outcome));
    });
  };
  arrive(0);
  const limitMs = 4 * arrivals.at(-1)!.atMs + 600_000;
  world.agenda.run(limitMs, () => outcomes.length === arrivals.length);
  return summarize(world, workload, arrivals.length, outcomes);
}

function findCaller({ nodes }: World, wanted: number): number {
  for (let step = 0; step < nodes.length; step += 1) {
    const index = (wanted + step) % nodes.length;
    if (nodes[index]!.downSinceMs === undefined) return index;
  }
  return wanted;
}

function summarize(
  world: World,
  workload: Workload,
  count: number,
  outcomes: readonly JobOutcome[],
): RunResult {
  const discarded = workload.measure === 'makespan' ? 0 : Math.floor(DISCARDED_SHARE * count);
  const inOrder = [...outcomes].sort((a, b) => a.arrivedMs - b.arrivedMs);
  const done = inOrder.slice(discarded).filter(({ end }) => end === 'done');
  const slowdowns = done.map((outcome) => slowdownOf(workload, outcome));
  const small = slowdowns.filter((_, index) => done[index]!.job.memoryBytes === 0);
  const decisions = done.map(({ decisionMs }) => decisionMs).sort((a, b) => a - b);
  const virtualMs = world.agenda.nowMs();
  const nodeSeconds = (world.nodes.length * virtualMs) / 1000;
  const startMs = Math.min(...outcomes.map(({ arrivedMs }) => arrivedMs));
  return {
    meanSlowdown: meanOf(slowdowns),
    p99Slowdown: quantileOf(
      slowdowns.sort((a, b) => a - b),
      0.99,
    ),
    smallSlowdown: meanOf(small),
    makespanMs: outcomes.reduce((most, { endedMs }) => Math.max(most, endedMs), 0) - startMs,
    decisionP50Ms: quantileOf(decisions, 0.5),
    decisionP99Ms: quantileOf(decisions, 0.99),
    thrashEvents: world.nodes.reduce((sum, { machine }) => sum + machine.thrash.events, 0),
    thrashMs: world.nodes.reduce((sum, { machine }) => sum + machine.thrash.ms, 0),
    lost: outcomes.filter(({ end }) => end === 'lost').length,
    refused: count - outcomes.length + outcomes.filter(({ end }) => end === 'refused').length,
    lateAttempts: outcomes.flatMap(({ deadMs }) => deadMs).filter((ms) => ms > DEAD_LIMIT_MS)
      .length,
    packetsPerNodeSecond: world.network.counts.packets / nodeSeconds,
    bytesPerNodeSecond: world.network.counts.bytes / nodeSeconds,
    virtualMs,
  };
}

function slowdownOf({ nodes }: Workload, { job, startedMs, endedMs }: JobOutcome): number {
  const speed = Math.max(...nodes.map((node) => node.speed));
  const cpus = Math.max(...nodes.map((node) => node.cpus));
  const { workMs, threads, rest } = job;
  const sleepsMs = rest ? Math.max(0, Math.ceil(workMs / rest.burstMs) - 1) * rest.sleepMs : 0;
  return (endedMs - startedMs) / (workMs / Math.min(threads, cpus) / speed + sleepsMs);
}
