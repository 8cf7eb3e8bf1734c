import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeView } from '../../src/core/wire/control.ts';
import {
  formatStatusLine,
  parseStatusLine,
  STATUS_LINE_COLUMNS,
} from '../../src/core/wire/status-line.ts';

const MEBIBYTE = 1024 * 1024;
const line = 'h1 ok 1.25 4 0.5 2048 4096 1 2.5 3 0.3 0.3125 user@h1.example';
const view: NodeView = {
  name: 'h1',
  state: 'ok',
  load: 1.25,
  cpus: 4,
  loadavg: 0.5,
  freeBytes: 2048 * MEBIBYTE,
  totalBytes: 4096 * MEBIBYTE,
  loadWeight: 1,
  memoryWeight: 2.5,
  jobs: 3,
  ageSeconds: 0.3,
  cost: 0.3125,
  destination: 'user@h1.example',
  self: false,
  note: '',
};

test('a node as a line', () => {
  expect(formatStatusLine(view)).toBe(line);
  expect(parseStatusLine(line)).toEqual({ ok: true, value: view });
});

test('a node that cannot be chosen has no cost', () => {
  const silent = { ...view, state: 'silent', cost: null } as const;
  expect(formatStatusLine(silent)).toBe(line.replace('ok', 'silent').replace('0.3125', '-'));
  expect(parseStatusLine(formatStatusLine(silent))).toEqual({ ok: true, value: silent });
});

test('later versions may append columns, and blanks may be any', () => {
  const changed = `  ${line.replaceAll(' ', ' \t')} tags=a,b 17\r\n`;
  expect(parseStatusLine(changed)).toEqual({ ok: true, value: view });
});

describe('a line that is none', () => {
  const columns = line.split(' ');
  const changed = (column: number, text: string): string =>
    columns.with(column - 1, text).join(' ');
  const cases: readonly (readonly [line: string, reason: string])[] = [
    ['', 'a status line of 0 columns; expected 13'],
    ['HTTP/1.1 400 Bad Request', 'a status line of 4 columns; expected 13'],
    [changed(2, 'happy'), "unknown state 'happy' in column 2"],
    [changed(3, '-'), "'-' in column 3; expected a number"],
    [changed(4, '0x10'), "'0x10' in column 4; expected a number"],
    [changed(10, 'Infinity'), "'Infinity' in column 10; expected a number"],
    [changed(12, '1e999'), "'1e999' in column 12; expected a number"],
    [
      changed(13, '-oProxyCommand=x'),
      `a name that starts with '-' in '${changed(13, '-oProxyCommand=x')}'`,
    ],
    [`${line} ${'x'.repeat(1024)}`, 'a status line longer than 1024'],
  ];
  test.each(cases)('%s', (text, reason) => {
    expect(parseStatusLine(text)).toEqual({ ok: false, reason });
  });
});

/** Figures as the line carries them, so that nothing is rounded on the way. */
const decimal = (digits: number): fc.Arbitrary<number> =>
  fc.nat(10 ** 8).map((integer) => Number((integer / 10 ** digits).toFixed(digits)));
const mebibytes = fc.nat(2 ** 30).map((count) => count * MEBIBYTE);
const word = fc.stringMatching(/^[!-,.-~][!-~]{0,59}$/);

const anyView: fc.Arbitrary<NodeView> = fc.record({
  name: word,
  state: fc.constantFrom('ok', 'hot', 'draining', 'silent', 'unreachable'),
  load: decimal(2),
  cpus: decimal(2),
  loadavg: decimal(2),
  freeBytes: mebibytes,
  totalBytes: mebibytes,
  loadWeight: decimal(3),
  memoryWeight: decimal(3),
  jobs: fc.nat(),
  ageSeconds: decimal(1),
  cost: fc.option(decimal(4)),
  destination: word,
  self: fc.constant(false),
  note: fc.constant(''),
});

test('every node survives the way there and back', () => {
  fc.assert(
    fc.property(anyView, (node) => {
      expect(parseStatusLine(formatStatusLine(node))).toEqual({ ok: true, value: node });
      expect(formatStatusLine(node).split(' ')).toHaveLength(STATUS_LINE_COLUMNS);
    }),
  );
});

test('no line makes the parser throw', () => {
  const hostile = fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 15 }));
  fc.assert(
    fc.property(hostile, (text) => {
      const decoded = parseStatusLine(Array.isArray(text) ? text.join(' ') : text);
      if (decoded.ok) expect(decoded.value.load).not.toBeNaN();
      else expect(decoded.reason).not.toBe('');
    }),
  );
});
