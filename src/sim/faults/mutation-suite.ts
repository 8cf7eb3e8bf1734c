/** `sim mutations`: each planted bug has to be noticed, by the checker that it is for. */
import { loadPatchedCore } from '../patched-core.ts';
import { figureRow, type Row } from '../report.ts';
import { type Mutation, mutations } from './mutations.ts';
import { runTrial } from './trial.ts';

/** Some bugs need faults that only some trials have. */
export const TRIALS_MAX = 100;

export async function runMutations(say: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for (const mutation of mutations) {
    const seed = await findSeed(mutation);
    const { invariant, what } = mutation;
    say(`${invariant}: ${what}: ${seed === undefined ? 'NOT NOTICED' : `noticed by seed ${seed}`}`);
    const value = seed ?? Infinity;
    rows.push(figureRow('mutations', `${invariant}: ${what}`, value, 'trials', ['<=', TRIALS_MAX]));
  }
  return rows;
}

/** The first seed, from 1, whose trial breaks the invariant; undefined: none does. */
export async function findSeed({ patches, invariant }: Mutation): Promise<number | undefined> {
  const core = await loadPatchedCore(patches);
  for (let seed = 1; seed <= TRIALS_MAX; seed += 1) {
    const { violations } = runTrial({ seed, core });
    if (violations.some((violation) => violation.invariant === invariant)) return seed;
  }
  return undefined;
}
