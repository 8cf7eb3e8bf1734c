import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { textWidth } from '../../src/core/text-width.ts';
import { splitKeys } from '../../src/dshctl/live-terminal.ts';
import { describeScreen } from '../../src/dshctl/screen.ts';
import {
  createTopState,
  pressKey,
  takeFigures,
  type TopState,
} from '../../src/dshctl/top-state.ts';
import { countNodeRows, drawTop, type TopFrame } from '../../src/dshctl/top-view.ts';
import { makeJob, makeNode } from './made-up.ts';

function frameOf(columns: number, rows: number): TopFrame {
  const screen = describeScreen({ LANG: 'C.UTF-8' }, { isTTY: true, columns });
  return { rows, screen, clock: '12:00:00', user: 'ann' };
}

const size = frameOf(80, 24);
const draw = (state: TopState, frame = size): string[] =>
  drawTop(state, frame).map(stripVTControlCharacters);
const press = (state: TopState, ...keys: readonly string[]): TopState =>
  keys.reduce((at, key) => pressKey(at, key, countNodeRows(at, size)), state);

function cluster(count: number, jobCount = 0): TopState {
  const nodes = Array.from({ length: count }, (_, index) =>
    makeNode({ name: `h${index + 1}`, load: (index * 7) % 9, self: index === 0 }),
  );
  const jobs = Array.from({ length: jobCount }, (_, index) =>
    makeJob({ job: index + 1, node: `h${1 + (index % count)}`, user: index % 2 ? 'bob' : 'ann' }),
  );
  return takeFigures(createTopState('name'), nodes, jobs);
}

const selectedOf = (state: TopState): string | undefined =>
  draw(state)
    .find((line) => line.startsWith('> '))
    ?.split(' ')[1];

describe('a screen', () => {
  test.each([
    [80, 24],
    [200, 60],
    [60, 10],
  ])(
    'of %i columns and %i rows holds all that is drawn, however many nodes and jobs',
    (columns, rows) => {
      for (const state of [cluster(4), cluster(4, 3), cluster(1000), cluster(1000, 500)]) {
        for (const shown of [state, press(state, 'down', 'enter'), press(state, '?')]) {
          const lines = draw(shown, frameOf(columns, rows));
          expect(lines.length).toBeLessThanOrEqual(rows);
          expect(lines.filter((line) => textWidth(line) > columns)).toEqual([]);
        }
      }
    },
  );

  test('shows all nodes and all jobs where there is room', () => {
    const text = draw(cluster(4, 3)).join('\n');
    for (const name of ['h1*', 'h2', 'h3', 'h4']) expect(text).toMatch(`\n  ${name} `);
    expect(text).toContain('\n3 jobs started on this machine\n');
    expect(text).toMatch(/\n +1 {2}ann {3}h1 +1 +3\.0s +- {2}gcc -c a\.c(\n|$)/);
  });

  test('says which of many nodes it shows, and keeps room for jobs', () => {
    expect(draw(cluster(1000, 50))).toContainEqual(
      expect.stringMatching(/^50 jobs started on this machine; nodes 1 to 1\d of 1000$/),
    );
    expect(draw(cluster(1000, 50)).filter((line) => line.includes('gcc')).length).toBeGreaterThan(
      3,
    );
  });

  test('has the history of the load, as high as the load per CPU', () => {
    let state = createTopState('name');
    for (const load of [0, 1, 2, 4, 9])
      state = takeFigures(state, [makeNode({ name: 'h1', load })], []);
    expect(draw(state)[3]).toContain('  ▂▄██ ');
  });
});

describe('keys', () => {
  test('move the cursor to the ends and no further', () => {
    const state = cluster(30);
    expect(selectedOf(state)).toBeUndefined();
    expect(selectedOf(press(state, 'down'))).toBe('h1*');
    expect(selectedOf(press(state, 'down', 'j', 'down'))).toBe('h3');
    expect(selectedOf(press(state, 'down', 'j', 'k', 'up', 'up'))).toBe('h1*');
    expect(selectedOf(press(state, 'end'))).toBe('h1*');
    expect(selectedOf(press(state, 'down', 'end', 'down'))).toBe('h30');
    expect(selectedOf(press(state, 'down', 'end', 'pageup', 'home'))).toBe('h1*');
    const paged = Number(selectedOf(press(state, 'down', 'pagedown'))!.slice(1));
    expect(paged).toBeGreaterThan(10);
  });

  test('sort', () => {
    const state = press(cluster(9), 's');
    expect(draw(state)[1]).toContain('sort load');
    expect(draw(state)[3]!.trim().split(/ +/)[0]).toBe('h6');
  });

  test('show a node alone with its jobs, and all again', () => {
    const alone = press(cluster(4, 8), 'down', 'down', 'enter');
    expect(draw(alone).join('\n')).not.toContain('h3');
    expect(draw(alone)).toContain('2 jobs started on this machine');
    expect(draw(press(alone, 'escape')).join('\n')).toContain('h3');
    expect(draw(press(alone, 'down', 'enter')).join('\n')).toContain('h3');
  });

  test('filter by node, state, user and command, as they are typed', () => {
    const state = cluster(12, 3);
    const nodesOf = (text: string): string[] =>
      draw(press(state, '/', ...text.split(''), 'enter'))
        .slice(3)
        .flatMap((line) => /^ {2}(h\d+\*?) /.exec(line)?.[1] ?? []);
    expect(nodesOf('h1')).toEqual(['h1*', 'h10', 'h11', 'h12']);
    expect(nodesOf('ok')).toHaveLength(12);
    expect(nodesOf('bob')).toEqual(['h2']);
    expect(nodesOf('gcc')).toEqual(['h1*', 'h2', 'h3']);
    expect(draw(press(state, '/', ...'nothing'.split(''))).join('\n')).toContain('no node matches');
    expect(draw(press(state, '/', 'q', 'backspace', 'h', '2'))[1]).toContain('filter h2_');
    expect(draw(press(state, '/', 'h', '2', 'escape'))[1]).not.toContain('filter');
  });

  test('leave out the jobs of others, pause, explain and quit', () => {
    const state = cluster(4, 9);
    expect(draw(press(state, 'u'))).toContain('5 jobs started on this machine');
    expect(draw(press(state, 'p'))[1]).toContain('paused');
    expect(draw(press(state, '?')).join('\n')).toContain('any key goes on');
    expect(draw(press(state, '?', 'x'))).toEqual(draw(state));
    expect(press(state, 'q').isOver).toBe(true);
    expect(press(state, '/', 'q').isOver).toBe(false);
  });

  test('are read from what a terminal sends', () => {
    expect(splitKeys('a\u001b[A\u001bOB\u001b[5~\r\u007fé\u001b[15~\u001b')).toEqual([
      'a',
      'up',
      'down',
      'pageup',
      'enter',
      'backspace',
      'é',
      'unknown',
      'escape',
    ]);
  });
});

test('a daemon that is gone is said, and the last figures stay', () => {
  const state = { ...cluster(4), problem: 'no dshd answers any more' };
  expect(draw(state)[0]).toBe('dshctl top 12:00:00  no dshd answers any more');
  expect(draw(state).join('\n')).toContain('h4');
});
