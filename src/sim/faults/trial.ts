/**
 * One trial: a cluster at work, a mix of faults for a while, then everything is mended, the jobs end,
 * and the cluster has to be as if nothing had been. The whole time the invariants are watched.
 */
import type { Core, StepObserver } from '../daemon.ts';
import { createWorld, type World } from '../world.ts';
import { checks } from './checks/index.ts';
import { createCrowd, type Crowd } from './crowd.ts';
import { faultClasses } from './fault-classes.ts';
import { drawScenario, type Scenario } from './scenario.ts';
import { createTrace } from './trace.ts';

export interface Violation {
  readonly invariant: string;
  readonly what: string;
  readonly atMs: number;
}

export interface TrialResult {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly violations: readonly Violation[];
  /** Of all that every daemon was told and did. */
  readonly hash: string;
  readonly virtualMs: number;
}

export interface Trial {
  readonly world: World;
  readonly scenario: Scenario;
  readonly crowd: Crowd;
  /** See each step of every daemon. */
  readonly observers: StepObserver[];
  violate(invariant: string, what: string): void;
}

export interface TrialOptions {
  readonly seed: number;
  readonly nodes?: number | undefined;
  /** Classes of faults that are left out. */
  readonly without?: readonly string[];
  readonly core?: Core | undefined;
}

/** Enough to tell what is wrong; a broken core would report thousands. */
const VIOLATIONS_MAX = 5;

export function runTrial({ seed, nodes, without = [], core }: TrialOptions): TrialResult {
  const scenario = drawScenario(seed, nodes, without);
  const world = createWorld({ seed, nodes: scenario.nodes, isSealed: true, ...(core && { core }) });
  const { agenda } = world;
  const violations: Violation[] = [];
  const trial: Trial = {
    world,
    scenario,
    crowd: createCrowd(world, scenario),
    observers: [],
    violate(invariant, what) {
      if (violations.length < VIOLATIONS_MAX)
        violations.push({ invariant, what, atMs: agenda.nowMs() });
    },
  };
  const trace = createTrace();
  const watchers = checks.map((check) => check(trial));
  trial.observers.push(trace.note, ...watchers.flatMap(({ onStep }) => onStep ?? []));
  world.observe((daemon, event, effects, localMs) => {
    for (const observer of trial.observers) observer(daemon, event, effects, localMs);
  });
  for (const { name, begin } of faultClasses) {
    if (scenario.classes.includes(name)) begin(trial, world.random(`fault ${name}`));
  }
  everySecond(world, () => {
    for (const watcher of watchers) watcher.onSecond?.();
  });

  agenda.run(scenario.healMs);
  heal(world);
  agenda.run(scenario.settledMs);
  for (const watcher of watchers) watcher.onSettled?.();
  agenda.run(scenario.idleMs);
  for (const watcher of watchers) watcher.onIdle?.();
  agenda.run(scenario.endMs);
  for (const watcher of watchers) watcher.onEnd?.();
  return { seed, scenario, violations, hash: trace.hash(), virtualMs: agenda.nowMs() };
}

function heal({ network, nodes, ...world }: World): void {
  network.mendAll();
  network.onSend = undefined;
  Object.assign(network.rules, { loss: 0, duplication: 0, reordering: 0 });
  for (const { index, daemon, downSinceMs } of nodes) {
    if (downSinceMs !== undefined) world.boot(index);
    else if (!daemon.state()) daemon.start();
  }
}

function everySecond({ agenda }: World, act: () => void): void {
  agenda.at(agenda.nowMs() + 1000, () => {
    act();
    everySecond({ agenda } as World, act);
  });
}
