/** Leaves out of a failing trial what it does not need to fail. */
import type { Core } from '../daemon.ts';
import { runTrial } from './trial.ts';

/** Classes without which the trial still breaks the same invariant, dropped one by one. */
export function shrinkFailure(
  seed: number,
  invariant: string,
  classes: readonly string[],
  options: { readonly nodes?: number | undefined; readonly core?: Core },
): string[] {
  const dropped: string[] = [];
  for (const name of classes) {
    const { violations } = runTrial({ seed, ...options, without: [...dropped, name] });
    if (violations.some((violation) => violation.invariant === invariant)) dropped.push(name);
  }
  return dropped;
}
