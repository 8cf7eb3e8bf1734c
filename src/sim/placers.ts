/** All rules that are compared, the shipped one and the oracle last. */
import { randomPlacer, roundRobinPlacer } from './baselines/blind.ts';
import { c3Placer } from './baselines/c3.ts';
import { freshTwoChoicesPlacer, oraclePlacer } from './baselines/fresh.ts';
import { prequalPlacer } from './baselines/prequal.ts';
import {
  basicLiPlacer,
  leastLoadavgPlacer,
  leastRunQueuePlacer,
  staleTwoChoicesPlacer,
} from './baselines/stale.ts';
import type { PlacerKind } from './placer.ts';
import { shippedPlacer, shippedWithoutPushes } from './shipped-placer.ts';

export const placers: readonly PlacerKind[] = [
  randomPlacer,
  roundRobinPlacer,
  leastLoadavgPlacer,
  leastRunQueuePlacer,
  staleTwoChoicesPlacer,
  freshTwoChoicesPlacer,
  prequalPlacer,
  basicLiPlacer,
  c3Placer,
  shippedWithoutPushes,
  shippedPlacer,
  oraclePlacer,
];
