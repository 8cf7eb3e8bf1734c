/** Many trials one after the other, each twice, for those who run them in several processes. */
import type { Core } from '../daemon.ts';
import { runTrial, type Violation } from './trial.ts';

export interface BatchOptions {
  readonly firstSeed: number;
  readonly count: number;
  readonly nodes: number | undefined;
  readonly without: readonly string[];
}

export interface Failure {
  readonly seed: number;
  readonly classes: readonly string[];
  readonly violations: readonly Violation[];
}

export interface BatchResult {
  readonly trials: number;
  readonly virtualMs: number;
  readonly cpuMs: number;
  readonly failures: readonly Failure[];
  /** Seeds whose second run left another trace. */
  readonly unsteady: readonly number[];
}

export function runBatch(options: BatchOptions, core?: Core): BatchResult {
  const { firstSeed, count, nodes, without } = options;
  const failures: Failure[] = [];
  const unsteady: number[] = [];
  const before = process.cpuUsage();
  let virtualMs = 0;
  for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
    const first = runTrial({ seed, nodes, without, core });
    const second = runTrial({ seed, nodes, without, core });
    virtualMs += first.virtualMs + second.virtualMs;
    if (first.hash !== second.hash) unsteady.push(seed);
    if (first.violations.length === 0) continue;
    failures.push({ seed, classes: first.scenario.classes, violations: first.violations });
  }
  const { user, system } = process.cpuUsage(before);
  return { trials: count, virtualMs, cpuMs: (user + system) / 1000, failures, unsteady };
}
