/** How hot a node is shown, and how much room there is for it. */
import type { NodeView } from '../core/wire/control.ts';
import { isUsable } from './model.ts';

export type Quantity = 'load' | 'memory';

/** Colours of the map: `--heat-0` to `--heat-9`. */
export const LEVELS = 10;

/**
 * 0: nothing runs. 1 to 8: that part of the node is in use, in eighths. 9: more runs than it has CPUs,
 * or hardly any memory is left. Undefined: nothing is known that holds.
 */
export function heatOf(node: NodeView, quantity: Quantity): number | undefined {
  if (!isUsable(node)) return undefined;
  const share = quantity === 'load' ? loadShare(node) : memoryShare(node);
  if (share < IDLE_SHARE) return 0;
  const limit = quantity === 'load' ? 1 : FULL_SHARE;
  return share > limit ? LEVELS - 1 : Math.max(1, Math.ceil((share / limit) * (LEVELS - 2)));
}

export function loadShare({ load, cpus }: NodeView): number {
  return cpus > 0 ? load / cpus : 0;
}

export function memoryShare({ freeBytes, totalBytes }: NodeView): number {
  return totalBytes > 0 ? 1 - freeBytes / totalBytes : 0;
}

/** Up to so many nodes there is room for names. */
export const NAMED_MAX = 64;

const IDLE_SHARE = 0.02;
/** Above it a node is taken only when there is no other (core/judge.ts). */
const FULL_SHARE = 0.95;

/** Where an arrow key leads from cell `from` of `count` in rows of `columns`; undefined: nowhere. */
export function moveInGrid(
  key: string,
  from: number,
  count: number,
  columns: number,
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return undefined;
  const to = from + step;
  return to >= 0 && to < count ? to : from;
}
