/** Who builds, and the ways in which it may be at its best. */
import type { Lab } from '../lab/cluster.ts';
import { LUA_COMPILER, type LuaTree, makeLua } from './lua-tree.ts';
import type { Setting } from './setting.ts';
import { timeInTurn } from './timing.ts';

export interface Contender {
  readonly name: string;
  readonly ways: readonly Way[];
}

export interface Way {
  readonly jobs: number;
  /** What stands before the compiler. */
  readonly prefix: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What tells it from another way with as many jobs. */
  readonly note?: string;
}

/** The same prefix with several numbers of jobs. */
export function waysOf(counts: readonly number[], way: Omit<Way, 'jobs'>): readonly Way[] {
  return counts.map((jobs) => ({ ...way, jobs }));
}

export function describeWay({ jobs, note }: Way): string {
  return note === undefined ? `-j${jobs}` : `-j${jobs} ${note}`;
}

/** Seconds of one build from clean on host h1. */
export async function timeBuild(
  setting: Setting,
  lab: Lab,
  tree: LuaTree,
  { jobs, prefix, environment = {} }: Way,
): Promise<number> {
  await tree.clean();
  const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const make = makeLua(jobs, `${prefix} ${LUA_COMPILER}`.trim());
  const { build } = await timeInTurn(setting, lab, 'h1', {
    commands: { build: { words: ['env', ...assignments, ...make] } },
    rounds: 1,
    directory: tree.directory,
  });
  if (!tree.isBuilt()) throw new Error(`make with "${prefix}" succeeded and built nothing`);
  return build[0]! / 1000;
}
