import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { formatTable, plainSheet, type TextColumn } from '../../src/core/text-table.ts';
import { cutText, textWidth } from '../../src/core/text-width.ts';
import type { NodeView } from '../../src/core/wire/control.ts';
import { formatNodes, summarize } from '../../src/dshctl/node-table.ts';
import { findNodeOrder, nodeOrderNames } from '../../src/dshctl/node-order.ts';
import { describeScreen, type Screen } from '../../src/dshctl/screen.ts';
import { formatAge } from '../../src/dshctl/times.ts';
import { makeNode } from './made-up.ts';

const nodes: readonly NodeView[] = [
  makeNode({ name: 'h10', load: 4, cpus: 2, note: 'a note that is long enough to be cut' }),
  makeNode({ name: 'h2', self: true, load: 0.5, skewMs: 700 }),
  makeNode({ name: 'h1', state: 'silent', cost: null, note: 'silent for 5.0 s' }),
  makeNode({ name: 'h3', state: 'unknown', cost: null, note: 'nothing heard from it' }),
];

function terminal(columns: number, environment: NodeJS.ProcessEnv = {}): Screen {
  return describeScreen({ LANG: 'C.UTF-8', ...environment }, { isTTY: true, columns });
}

describe('the table of nodes', () => {
  test.each([20, 30, 40, 60, 80, 100, 200])('fits into %i columns', (columns) => {
    const lines = formatNodes(nodes, terminal(columns)).map((line) =>
      stripVTControlCharacters(line),
    );
    // Below 40 the columns that must stay have no room.
    const most = Math.max(columns, 40);
    expect(lines.filter((line) => textWidth(line) > most)).toEqual([]);
    expect(lines).toHaveLength(5);
  });

  test('has fewer columns where there is less room, and the first ones longest', () => {
    const titles = (columns: number): string[] =>
      formatNodes(nodes, terminal(columns, { NO_COLOR: '1' }))[0]!.split(/ +/);
    expect(titles(200)).toEqual(
      'node load state load cpus free jobs age skew cost version note'.split(' '),
    );
    expect(titles(62)).toEqual('node load state load cpus free jobs note'.split(' '));
    expect(titles(40)).toEqual('node state load free jobs'.split(' '));
  });

  test('shows bars and colours on a terminal alone', () => {
    const rich = formatNodes(nodes, terminal(120)).join('\n');
    expect(rich).toContain('\u001b[31m██████████\u001b[0m');
    expect(rich).toContain('\u001b[1mh2*');
    const plain = formatNodes(nodes, describeScreen({}, {})).join('\n');
    expect(plain).toMatch(/^[\x20-\x7e\n]*$/);
    expect(formatNodes(nodes, terminal(120, { NO_COLOR: '1' })).join()).not.toContain('\u001b');
    expect(formatNodes(nodes, terminal(120, { TERM: 'dumb' })).join()).not.toContain('\u001b');
    expect(formatNodes(nodes, terminal(120, { LC_ALL: 'C' })).join()).toContain('##########');
  });

  test('has no figures of a node that was never heard', () => {
    const lines = formatNodes(nodes, describeScreen({}, {}));
    expect(lines[4]).toMatch(/^h3 +unknown( +-){8} +nothing heard from it$/);
    expect(lines[2]).toContain('-');
    expect(lines[2]!.split(/ +/)).toContain('h2*');
  });

  test('is summed up over the nodes that can be used', () => {
    expect(summarize(nodes)).toBe('2 of 4 nodes usable, load 4.5 on 6 cpus, 4.0G free, 0 jobs');
  });
});

test('nodes stand in every order that has a name, and alike ones in that of their names', () => {
  const names = (field: string): string[] =>
    nodes.toSorted(findNodeOrder(field)).map(({ name }) => name);
  expect(names('name')).toEqual(['h1', 'h2', 'h3', 'h10']);
  expect(names('load')[0]).toBe('h10');
  expect(names('jobs')).toEqual(['h1', 'h2', 'h3', 'h10']);
  expect(names('cost').slice(2)).toEqual(['h1', 'h3']);
  expect(nodeOrderNames.map((field) => names(field).length)).toEqual(nodeOrderNames.map(() => 4));
  expect(findNodeOrder('constructor')).toBeUndefined();
});

describe('a table', () => {
  const columns: TextColumn<string>[] = [
    { title: 'a', isNumber: false, text: (row) => row },
    { title: 'b', isNumber: true, text: (row) => String(row.length) },
    { title: 'c', isNumber: false, text: (row) => row },
  ];

  test('is aligned by what a terminal shows', () => {
    expect(formatTable(columns, ['x', '日本', 'e\u0301'])).toEqual([
      'a     b  c',
      'x     1  x',
      '日本  2  日本',
      'e\u0301     2  e\u0301',
    ]);
  });

  test('cuts its last column alone', () => {
    const sheet = { ...plainSheet, columns: 24 };
    expect(formatTable(columns, ['1234567890'], sheet)[1]).toBe('1234567890  10  1234567…');
  });

  test('without rows is nothing', () => {
    expect(formatTable(columns, [])).toEqual([]);
  });
});

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['abc', 1, '…'],
  ['abc', 0, ''],
])('%s is cut to %i columns: %s', (text, columns, cut) => {
  expect(cutText(text, columns)).toBe(cut);
});

test.each([
  [-0.1, '0.0s'],
  [9.94, '9.9s'],
  [9.96, '10s'],
  [59.4, '59s'],
  [59.6, '1m00s'],
  [3599.6, '1h00m'],
  [86_399, '23h59m'],
  [90_061, '1d01h'],
])('%f s are %s', (seconds, text) => {
  expect(formatAge(seconds)).toBe(text);
});
