import type { Check } from '../check.ts';
import { checkEqualViews } from './i1-equal-views.ts';
import { checkBirths } from './i2-births.ts';
import { checkReservations } from './i3-reservations.ts';
import { checkLoads } from './i4-loads.ts';
import { checkForgeries } from './i5-forgeries.ts';
import { checkDeadNodes } from './i6-dead-nodes.ts';
import { checkBounds } from './i7-bounds.ts';
import { checkAnswers } from './i8-answers.ts';
import { checkFairness } from './i9-fairness.ts';

export const checks: readonly Check[] = [
  checkEqualViews,
  checkBirths,
  checkReservations,
  checkLoads,
  checkForgeries,
  checkDeadNodes,
  checkBounds,
  checkAnswers,
  checkFairness,
];
