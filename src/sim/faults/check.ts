/** What watches one invariant; each is in a file of its own. */
import type { StepObserver } from '../daemon.ts';
import type { Trial } from './trial.ts';

export interface Watcher {
  readonly onStep?: StepObserver;
  readonly onSecond?: () => void;
  /** All was mended three ticks ago. */
  readonly onSettled?: () => void;
  /** No job has run for a while. */
  readonly onIdle?: () => void;
  readonly onEnd?: () => void;
}

export type Check = (trial: Trial) => Watcher;
