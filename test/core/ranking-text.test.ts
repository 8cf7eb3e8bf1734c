import { expect, test } from 'vitest';
import { formatRanking } from '../../src/core/ranking-text.ts';
import type { NodeView } from '../../src/core/wire/control.ts';

const row = (name: string, figures: Partial<NodeView>): NodeView => ({
  name,
  state: 'ok',
  destination: name,
  load: 0,
  loadavg: 0,
  cpus: 4,
  freeBytes: 3.5 * 1024 ** 3,
  totalBytes: 8 * 1024 ** 3,
  jobs: 0,
  loadWeight: 1,
  memoryWeight: 1,
  ageSeconds: 0.2,
  cost: 0.25,
  self: false,
  note: '',
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

test('a ranking that was not asked for is no text', () => {
  expect(formatRanking([])).toEqual([]);
});
