/** What a trial is like, drawn from its seed. */
import { createRandom } from '../random.ts';
import type { NodeSpec } from '../world.ts';
import { faultClassNames } from './fault-classes.ts';

export interface Scenario {
  readonly seed: number;
  readonly nodes: readonly NodeSpec[];
  /** Which classes of faults happen: each by the toss of a coin, so that few are rare together. */
  readonly classes: readonly string[];
  readonly jobsPerSecond: number;
  /** Faults begin, and are over; jobs come until then. */
  readonly faultsMs: number;
  readonly healMs: number;
  /** Three ticks later, when all views are to be equal. */
  readonly settledMs: number;
  /** All jobs have ended and faded. */
  readonly idleMs: number;
  readonly endMs: number;
}

const TICK_LONGEST_MS = 1650;
/** Of jobs, in all. */
export const JOB_MS_MAX = 6000;
const FADING_MS = 20_000;

export function drawScenario(
  seed: number,
  nodes: number | undefined,
  without: readonly string[],
): Scenario {
  const random = createRandom(seed, 'scenario');
  const drawnCount = 3 + Math.floor(random() * 10);
  const count = nodes ?? drawnCount;
  const cpus = [1, 2, 4][Math.floor(random() * 3)]!;
  const classes = faultClassNames.filter(() => random() < 0.5);
  const healMs = 30_000 + Math.floor(random() * 30_000);
  const settledMs = healMs + 3 * TICK_LONGEST_MS + 50;
  const idleMs = healMs + JOB_MS_MAX + FADING_MS;
  return {
    seed,
    nodes: Array.from({ length: count }, () => ({ cpus, speed: 1, totalBytes: 16 * 2 ** 30 })),
    classes: classes.filter((name) => !without.includes(name)),
    jobsPerSecond: 0.5 + random() * count,
    faultsMs: 4000,
    healMs,
    settledMs,
    idleMs,
    endMs: idleMs + 20 * count * 60 + 1000,
  };
}
