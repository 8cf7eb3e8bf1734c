import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRank, rankNodes } from '../../src/core/rank-expression.ts';
import type { NodeView } from '../../src/core/wire/control.ts';

const MEBIBYTE = 1024 * 1024;

const view: NodeView = {
  name: 'h1',
  state: 'ok',
  destination: 'h1',
  load: 2,
  loadavg: 1.5,
  cpus: 4,
  freeBytes: 1000 * MEBIBYTE,
  totalBytes: 4000 * MEBIBYTE,
  jobs: 3,
  loadWeight: 2,
  memoryWeight: 0.5,
  ageSeconds: 0.5,
  cost: 0.75,
  self: false,
  note: '',
};

function evaluate(text: string, node: NodeView = view): number {
  const parsed = parseRank(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value(node, () => 0.25);
}

describe('values', () => {
  const table: readonly (readonly [text: string, value: number])[] = [
    ['1', 1],
    ['.5 + 1.', 1.5],
    ['1e3', 1000],
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 - 4 - 2', 2],
    ['8 / 4 / 2', 1],
    ['7 % 4', 3],
    ['-2 * -3', 6],
    ['--2', 2],
    ['!0 + !5', 1],
    ['1 < 2', 1],
    ['2 <= 1', 0],
    ['1 + 1 == 2', 1],
    ['3 != 3', 0],
    ['2 >= 2 && 0 > 1', 0],
    ['0 || 7', 1],
    ['1 || 0 && 0', 1],
    ['0 ? 1 : 2', 2],
    ['1 ? 0 ? 5 : 6 : 7', 6],
    ['0 ? 1 : 0 ? 2 : 3', 3],
    ['1 ? 2 : 3 + 10', 2],
    ['min(3, 1, 2)', 1],
    ['max(load, cpus)', 4],
    ['random()', 0.25],
    ['load / cpus', 0.5],
    ['load*weight + memweight', 4.5],
    ['total - free == used', 1],
    ['free < 1001 ? jobs : age', 3],
    ['loadavg', 1.5],
    ['cost', 0.75],
  ];
  test.each(table)('%s is %d', (text, value) => {
    expect(evaluate(text)).toBe(value);
  });

  test('a node that cannot be chosen costs infinitely much', () => {
    expect(evaluate('cost', { ...view, cost: null })).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('errors point at the column', () => {
  const table: readonly (readonly [text: string, column: number, part: string])[] = [
    ['', 1, 'read the end'],
    ['load +', 7, 'read the end'],
    ['load cpus', 6, 'expected an operator'],
    ['(load', 6, "expected ')'"],
    ['load)', 5, "read ')'"],
    ['lod', 1, 'loadavg'],
    ['1 ? 2', 6, "expected ':'"],
    ['min()', 5, "read ')'"],
    ['min 3', 5, "expected '('"],
    ['random(1)', 8, "expected ')'"],
    ['load # cpus', 6, "read '#'"],
    ['constructor', 1, "read 'constructor'"],
    ['1 = 2', 3, "read '='"],
    [`${'('.repeat(200)}1${')'.repeat(200)}`, 101, 'levels of nesting'],
    ['1'.repeat(5000), 4097, 'longer than'],
  ];
  test.each(table)('%s', (text, column, part) => {
    const parsed = parseRank(text);
    expect(parsed).toMatchObject({ ok: false, column });
    expect(!parsed.ok && parsed.reason).toContain(part);
  });
});

test('agrees with JavaScript on the operators that they share', () => {
  const expression = fc.letrec<{ any: string }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.nat(20).map(String),
      fc.constantFrom('load', 'cpus', 'jobs', 'age'),
      fc
        .tuple(tie('any'), fc.constantFrom('+', '-', '*', '/', '%'), tie('any'))
        .map(([left, operator, right]) => `${left} ${operator} ${right}`),
      tie('any').map((inner) => `(${inner})`),
      fc
        .tuple(tie('any'), tie('any'), tie('any'))
        .map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`),
    ),
  })).any;
  fc.assert(
    fc.property(expression, (text) => {
      const columns = { load: 2, cpus: 4, jobs: 3, age: 0.5 };
      expect(evaluate(text)).toEqual(runInNewContext(text, columns));
    }),
  );
});

test('no text makes the parser throw', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom('(', ')', '?', ':', '+', '-', '!', '&&', ',', 'min', 'load', '1', ' '),
      fc.string(),
    ),
  );
  fc.assert(
    fc.property(pieces, (words) => {
      const parsed = parseRank(words.join(''));
      if (parsed.ok) expect(typeof parsed.value(view, () => 0.5)).toBe('number');
      else expect(parsed.column).toBeGreaterThan(0);
    }),
  );
});

describe('the order of nodes', () => {
  const named = (name: string, figures: Partial<NodeView>): NodeView => ({
    ...view,
    name,
    ...figures,
  });
  const byLoad = parseRank('load / (cpus - 4)');

  test('the least value comes first; what cannot be chosen or valued is left out', () => {
    const nodes = [
      named('busy', { load: 3, cpus: 5 }),
      named('idle', { load: 1, cpus: 5 }),
      named('silent', { load: 0, cpus: 5, cost: null }),
      named('undefined', { load: 0, cpus: 4 }),
      named('infinite', { load: 1, cpus: 4 }),
    ];
    const order = byLoad.ok ? rankNodes(nodes, byLoad.value, Math.random) : [];
    expect(order.map(({ name }) => name)).toEqual(['idle', 'busy', 'infinite']);
  });

  test('ties fall by chance', () => {
    const nodes = [named('a', { cpus: 5 }), named('b', { cpus: 5 })];
    const first = (draws: readonly number[]): string => {
      const rest = [...draws];
      return byLoad.ok ? rankNodes(nodes, byLoad.value, () => rest.shift()!)[0]!.name : '';
    };
    expect(first([0.1, 0.9])).toBe('a');
    expect(first([0.9, 0.1])).toBe('b');
  });
});
