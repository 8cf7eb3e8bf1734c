/** One figure that a benchmark has found: what is printed, and what `--json` writes. */
import type { Figure } from './figure.ts';

export interface Row {
  readonly bench: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** In words, such as `<= 3.1 ms: 0.25 x ssh, ControlMaster`; null where none was set. */
  readonly goal: string | null;
  readonly met: boolean | null;
  readonly samples: number;
  /** The same figure of others, measured in the same run and in the same unit. */
  readonly peers: Readonly<Record<string, number>>;
  /** Between which values half of the samples are; null where the value is no median. */
  readonly spread: readonly [low: number, high: number] | null;
}

/** As `--json` writes it. */
export interface RecordedRow extends Row {
  /** The command, the day and the machine. */
  readonly run: string;
}

export interface Goal {
  readonly relation: '<=' | '>=';
  readonly limit: number;
  /** Where the limit comes from, if that is another figure. */
  readonly basis?: string;
}

export type Peers = Readonly<Record<string, Figure | undefined>>;

/** @param peers the figures of others; those that could not be had are left out. */
export function makeRow(
  [bench, name]: readonly [bench: string, name: string],
  figure: Figure,
  unit: string,
  { goal, peers = {} }: { readonly goal?: Goal | undefined; readonly peers?: Peers } = {},
): Row {
  const known = Object.entries(peers).filter(([, each]) => each !== undefined);
  return {
    bench,
    name,
    value: round(figure.value),
    unit,
    goal: goal ? describeGoal(goal, unit) : null,
    met: goal ? isMet(figure.value, goal) : null,
    samples: figure.samples,
    peers: Object.fromEntries(known.map(([peer, each]) => [peer, round(each!.value)])),
    spread: figure.spread && [round(figure.spread[0]), round(figure.spread[1])],
  };
}

/** Three significant digits say more than a noisy machine can promise. */
export function formatNumber(value: number): string {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Math.min(digits, 3));
}

function describeGoal({ relation, limit, basis }: Goal, unit: string): string {
  const text = `${relation} ${formatNumber(limit)} ${unit}`;
  return basis === undefined ? text : `${text}: ${basis}`;
}

function isMet(value: number, { relation, limit }: Goal): boolean {
  return relation === '<=' ? value <= limit : value >= limit;
}

/** Six digits: more are noise that makes two JSON files hard to compare. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
