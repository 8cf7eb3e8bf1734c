import { expect, test } from 'vitest';
import { formatRanking } from '../../src/core/ranking-text.ts';
import type { NodeView } from '../../src/core/wire/control.ts';
import { madeUpNode } from '../support/made-up-views.ts';

const row = (name: string, figures: Partial<NodeView>): NodeView =>
  madeUpNode(name, {
    load: 0,
    freeBytes: 3.5 * 1024 ** 3,
    ageSeconds: 0.2,
    cost: 0.25,
    ...figures,
  });

test('a ranking is a table in aligned columns without blanks at the ends', () => {
  const rows = [
    row('galileo', { note: 'this node', cpus: 12.5 }),
    row('h2', { state: 'silent', load: 11, cost: null, ageSeconds: 61 }),
  ];
  expect(formatRanking(rows)).toEqual([
    'node     state    load  cpus  free    age   cost  note',
    'galileo  ok       0.00  12.5  3.5G   0.2s  0.250  this node',
    'h2       silent  11.00     4  3.5G  61.0s      -',
  ]);
});

test('of a choice that is explained it shows whence the figures came, and what the cost is of', () => {
  const terms = { load: 0.25, memory: 0.0625 };
  const rows = [
    row('galileo', { source: 'self', cost: 0.3125, terms }),
    row('newton', { source: 'answer', answerMs: 0.44, cost: 0.3125, terms }),
    row('h2', { state: 'silent', source: 'table', cost: null, note: 'silent for 61.0 s' }),
  ];
  expect(formatRanking(rows)).toEqual([
    'node     state   load  cpus  free   age  figures        cost  of which                  note',
    'galileo  ok      0.00     4  3.5G  0.2s  self          0.313  load 0.250, memory 0.063',
    'newton   ok      0.00     4  3.5G  0.2s  answer 0.4ms  0.313  load 0.250, memory 0.063',
    'h2       silent  0.00     4  3.5G  0.2s  table             -                            silent for 61.0 s',
  ]);
});

test('a ranking that was not asked for is no text', () => {
  expect(formatRanking([])).toEqual([]);
});
