/**
 * After Prequal (NSDI'24): a pool of up to 16 answers to probes that were sent with earlier jobs,
 * three for each; those of the last second count. The hot ones, above the 0.84 quantile of requests
 * in flight, come last; of the others the one with the least latency is taken.
 */
import type { PlacerKind } from '../placer.ts';
import type { World } from '../world.ts';
import { pickLeastBy, placeAt } from './choose.ts';

const POOL_MAX = 16;
const PROBES_PER_JOB = 3;
const AGE_MAX_MS = 1000;
const HOT_QUANTILE = 2 ** -0.25;

interface Answer {
  readonly node: number;
  readonly atMs: number;
  inFlight: number;
  readonly latency: number;
}

export const prequalPlacer: PlacerKind = {
  name: 'Prequal-like',
  daemons: 'none',
  create(world) {
    const random = world.random('prequal placer');
    const { agenda, nodes } = world;
    const pools: Answer[][] = nodes.map(() => []);
    const inFlight = nodes.map(() => 0);
    const latency = nodes.map(() => 1);
    let removesOldest = false;

    function probe(caller: number): void {
      const node = Math.floor(random() * nodes.length);
      agenda.at(agenda.nowMs() + roundTripMs(world), () => {
        if (nodes[node]!.downSinceMs !== undefined) return;
        const pool = pools[caller]!;
        const answer = { node, inFlight: inFlight[node]!, latency: latency[node]! };
        pool.push({ ...answer, atMs: agenda.nowMs() });
        if (pool.length > POOL_MAX) pool.shift();
      });
    }

    /** The oldest and the worst in turn. */
    function removeOne(pool: Answer[]): void {
      removesOldest = !removesOldest;
      if (removesOldest) {
        pool.shift();
        return;
      }
      const most = Math.max(...pool.map((answer) => answer.inFlight));
      const at = pool.findIndex((answer) => answer.inFlight === most);
      if (at >= 0) pool.splice(at, 1);
    }

    return {
      place(caller, job, placed) {
        const nowMs = agenda.nowMs();
        const pool = pools[caller]!.filter(({ atMs }) => nowMs - atMs <= AGE_MAX_MS);
        pools[caller] = pool;
        const answer = pool.length < 2 ? undefined : chooseHotCold(pool, random);
        if (answer) answer.inFlight += 1;
        if (pool.length > 0) removeOne(pool);
        for (let count = 0; count < PROBES_PER_JOB; count += 1) probe(caller);
        const node = answer?.node ?? Math.floor(random() * nodes.length);
        inFlight[node]! += 1;
        let startedMs = nowMs;
        const settle = (): void => void (inFlight[node]! -= 1);
        placed({
          ...placeAt(node)!,
          started: () => void (startedMs = agenda.nowMs()),
          ended() {
            settle();
            // In units of what the job takes alone: the sizes of jobs differ, as queries' do not.
            const stretch = (agenda.nowMs() - startedMs) / (job.workMs / job.threads);
            latency[node] = 0.8 * latency[node]! + 0.2 * stretch;
          },
          unreachable: settle,
        });
      },
    };
  },
};

function chooseHotCold(pool: readonly Answer[], random: () => number): Answer | undefined {
  const sorted = pool.map((answer) => answer.inFlight).sort((a, b) => a - b);
  const limit = sorted[Math.min(sorted.length - 1, Math.floor(HOT_QUANTILE * sorted.length))]!;
  const cold = pool.filter((answer) => answer.inFlight <= limit);
  if (cold.length === 0) return pickLeastBy(pool, (answer) => answer.inFlight, random);
  return pickLeastBy(cold, (answer) => answer.latency, random);
}

function roundTripMs({ network }: World): number {
  return 2 * (network.rules.delayMs + network.rules.jitterMs);
}
