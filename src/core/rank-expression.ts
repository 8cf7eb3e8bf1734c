/**
 * The expressions of `dsh --rank`: a value for each node, the least of which wins.
 *
 *     choice    a ? b : c
 *     logic     || && !
 *     order     == != < <= > >=          (1 or 0)
 *     sums      + - * / %
 *     atoms     numbers, columns, ( ), min(a, b…), max(a, b…), random()
 *
 * precedence and meaning as in C. Memory is in MiB and age in seconds, as the status port has them.
 * A Pratt parser turns the text into closures.
 */
import { createTokenCursor, type TokenCursor } from './rank-tokens.ts';
import type { NodeView } from './wire/control.ts';

export const RANK_CHARACTERS_MAX = 4096;
const NESTING_MAX = 100;
const MEBIBYTE = 1024 * 1024;

/** `random` returns a number from 0 to 1, as Math.random does. */
export type RankExpression = (view: NodeView, random: () => number) => number;

export type ParsedRank =
  | { readonly ok: true; readonly value: RankExpression }
  /** `column` counts from 1; the reason names it too. */
  | { readonly ok: false; readonly reason: string; readonly column: number };

/** What an expression may name. */
export const rankColumns: { readonly [name: string]: (view: NodeView) => number } = {
  load: (view) => view.load,
  loadavg: (view) => view.loadavg,
  cpus: (view) => view.cpus,
  free: (view) => view.freeBytes / MEBIBYTE,
  total: (view) => view.totalBytes / MEBIBYTE,
  used: (view) => (view.totalBytes - view.freeBytes) / MEBIBYTE,
  jobs: (view) => view.jobs,
  age: (view) => view.ageSeconds,
  weight: (view) => view.loadWeight,
  memweight: (view) => view.memoryWeight,
  cost: (view) => view.cost ?? Number.POSITIVE_INFINITY,
};

export function parseRank(text: string): ParsedRank {
  if (text.length > RANK_CHARACTERS_MAX) {
    const column = RANK_CHARACTERS_MAX + 1;
    return { ok: false, reason: `longer than ${RANK_CHARACTERS_MAX} characters`, column };
  }
  const cursor = createTokenCursor(text);
  const value = parseExpression(cursor, 0, 0);
  if (cursor.current().kind !== 'end') cursor.fail('an operator');
  const failure = cursor.failure();
  return failure ? { ok: false, ...failure } : { ok: true, value };
}

/**
 * The nodes of `views` that may be chosen, least value first, ties in random order. A node whose
 * value is not a number (0 / 0) is left out.
 */
export function rankNodes(
  views: readonly NodeView[],
  expression: RankExpression,
  random: () => number,
): NodeView[] {
  return views
    .filter((view) => view.cost !== null)
    .map((view) => ({ view, value: expression(view, random), tie: random() }))
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => (a.value === b.value ? a.tie - b.tie : a.value - b.value))
    .map(({ view }) => view);
}

type Combine = (left: number, right: number) => number;

/** How strongly an operator binds its left side; its right side is parsed with one more. */
const operators: { readonly [symbol: string]: { power: number; combine: Combine } } = {
  '==': { power: 4, combine: (a, b) => Number(a === b) },
  '!=': { power: 4, combine: (a, b) => Number(a !== b) },
  '<': { power: 5, combine: (a, b) => Number(a < b) },
  '<=': { power: 5, combine: (a, b) => Number(a <= b) },
  '>': { power: 5, combine: (a, b) => Number(a > b) },
  '>=': { power: 5, combine: (a, b) => Number(a >= b) },
  '+': { power: 6, combine: (a, b) => a + b },
  '-': { power: 6, combine: (a, b) => a - b },
  '*': { power: 7, combine: (a, b) => a * b },
  '/': { power: 7, combine: (a, b) => a / b },
  '%': { power: 7, combine: (a, b) => a % b },
};
const CHOICE_POWER = 1;
const OR_POWER = 2;
const AND_POWER = 3;
const PREFIX_POWER = 8;

const functionNames = ['min', 'max', 'random'];
const knownNames = [...Object.keys(rankColumns), ...functionNames.map((name) => `${name}()`)].join(
  ', ',
);

const zero: RankExpression = () => 0;

function parseExpression(cursor: TokenCursor, power: number, depth: number): RankExpression {
  if (depth === NESTING_MAX) {
    cursor.fail(`at most ${NESTING_MAX} levels of nesting`);
    return zero;
  }
  let left = parsePrefix(cursor, depth + 1);
  for (;;) {
    const next = parseInfix(cursor, left, power, depth + 1);
    if (!next) return left;
    left = next;
  }
}

function parsePrefix(cursor: TokenCursor, depth: number): RankExpression {
  if (cursor.take('(')) {
    const inner = parseExpression(cursor, 0, depth);
    cursor.expect(')');
    return inner;
  }
  if (cursor.take('-')) {
    const operand = parseExpression(cursor, PREFIX_POWER, depth);
    return (view, random) => -operand(view, random);
  }
  if (cursor.take('!')) {
    const operand = parseExpression(cursor, PREFIX_POWER, depth);
    return (view, random) => (operand(view, random) ? 0 : 1);
  }
  return parseAtom(cursor, depth);
}

/** What follows `left`, if it binds at least as strongly as `power`. */
function parseInfix(
  cursor: TokenCursor,
  left: RankExpression,
  power: number,
  depth: number,
): RankExpression | undefined {
  const symbol = cursor.current().text;
  const operator = Object.hasOwn(operators, symbol) ? operators[symbol] : undefined;
  if (operator && operator.power >= power) {
    cursor.next();
    const right = parseExpression(cursor, operator.power + 1, depth);
    return (view, random) => operator.combine(left(view, random), right(view, random));
  }
  if (AND_POWER >= power && cursor.take('&&')) {
    const right = parseExpression(cursor, AND_POWER + 1, depth);
    return (view, random) => (left(view, random) && right(view, random) ? 1 : 0);
  }
  if (OR_POWER >= power && cursor.take('||')) {
    const right = parseExpression(cursor, OR_POWER + 1, depth);
    return (view, random) => (left(view, random) || right(view, random) ? 1 : 0);
  }
  if (CHOICE_POWER >= power && cursor.take('?')) {
    const whenTrue = parseExpression(cursor, CHOICE_POWER, depth);
    cursor.expect(':');
    const whenFalse = parseExpression(cursor, CHOICE_POWER, depth);
    return (view, random) =>
      left(view, random) ? whenTrue(view, random) : whenFalse(view, random);
  }
  return undefined;
}

function parseAtom(cursor: TokenCursor, depth: number): RankExpression {
  const { kind, text } = cursor.current();
  if (kind === 'number') {
    cursor.next();
    return () => Number(text);
  }
  if (kind === 'name' && functionNames.includes(text)) {
    cursor.next();
    return parseCall(cursor, text, depth);
  }
  if (kind === 'name' && Object.hasOwn(rankColumns, text)) {
    cursor.next();
    return rankColumns[text]!;
  }
  cursor.fail(kind === 'name' ? `one of ${knownNames}` : "a number, a column, a function or '('");
  return zero;
}

function parseCall(cursor: TokenCursor, name: string, depth: number): RankExpression {
  cursor.expect('(');
  const operands: RankExpression[] = [];
  if (name !== 'random') {
    do operands.push(parseExpression(cursor, 0, depth));
    while (cursor.take(','));
  }
  cursor.expect(')');
  if (name === 'random') return (_view, random) => random();
  const pick = name === 'min' ? Math.min : Math.max;
  return (view, random) => pick(...operands.map((operand) => operand(view, random)));
}
