import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { helpText, parseMixedOptions, parseOptions } from '../../src/core/option-table.ts';

const table = [
  { name: 'verbose', short: 'v', help: 'say where; twice: why', repeatable: true },
  { name: 'null', short: 'n', help: 'no standard input' },
  { name: 'exclude', short: 'x', value: 'NODE', help: 'not on these', repeatable: true },
  { name: 'path.procfs', value: 'DIR', help: 'the root of /proc' },
  { name: 'agent', value: 'SOCKET', help: '', isInternal: true },
] as const;

const nothing = {
  verbose: 0,
  null: false,
  exclude: [],
  'path.procfs': undefined,
  agent: undefined,
};

describe('words that are options', () => {
  const cases: readonly (readonly [
    words: readonly string[],
    values: object,
    rest: readonly string[],
  ])[] = [
    [[], {}, []],
    [['make', '-v'], {}, ['make', '-v']],
    [['-v', 'make', '-j8'], { verbose: 1 }, ['make', '-j8']],
    [['-vv'], { verbose: 2 }, []],
    [['-v', '--verbose', '-nv'], { verbose: 3, null: true }, []],
    [
      ['-x', 'h1', '--exclude', 'h2', '--exclude=h3', '-xh4'],
      { exclude: ['h1', 'h2', 'h3', 'h4'] },
      [],
    ],
    [['-vnx', '-v', 'ls'], { verbose: 1, null: true, exclude: ['-v'] }, ['ls']],
    [['-nxh1', 'ls'], { null: true, exclude: ['h1'] }, ['ls']],
    [['-x', '--', '--', '-v'], { exclude: ['--'] }, ['-v']],
    [['--', '--null'], {}, ['--null']],
    [['-n', '--', '--'], { null: true }, ['--']],
    [['-', '-n'], {}, ['-', '-n']],
    [['--path.procfs', 'a', '--path.procfs=b'], { 'path.procfs': 'b' }, []],
    [['--path.procfs=', 'ls'], { 'path.procfs': '' }, ['ls']],
    [['--path.procfs=a=b'], { 'path.procfs': 'a=b' }, []],
    [['--agent', '/s'], { agent: '/s' }, []],
    [['', '-n'], {}, ['', '-n']],
  ];
  test.each(cases)('%j', (words, values, rest) => {
    expect(parseOptions('dsh', table, words)).toEqual({
      ok: true,
      values: { ...nothing, ...values },
      rest,
    });
  });
});

describe('words that are wrong', () => {
  const cases: readonly (readonly [words: readonly string[], reason: string])[] = [
    [['--foo', 'ls'], 'unknown option --foo; see dsh --help'],
    [['--foo=1'], 'unknown option --foo; see dsh --help'],
    [['-nz'], 'unknown option -z; see dsh --help'],
    [['-x'], 'option -x needs a value: -x NODE; see dsh --help'],
    [['--exclude'], 'option --exclude needs a value: --exclude NODE; see dsh --help'],
    [['--null=yes'], "option --null takes no value, but 'yes' was given; see dsh --help"],
    [['--constructor'], 'unknown option --constructor; see dsh --help'],
  ];
  test.each(cases)('%j', (words, reason) => {
    expect(parseOptions('dsh', table, words)).toEqual({ ok: false, reason });
  });
});

test('whatever follows the first word that is no option is left alone', () => {
  const command = fc.string().filter((word) => !word.startsWith('-') || word === '-');
  fc.assert(
    fc.property(command, fc.array(fc.string()), (word, more) => {
      expect(parseOptions('dsh', table, ['-n', word, ...more])).toMatchObject({
        ok: true,
        rest: [word, ...more],
      });
    }),
  );
});

test('the help has one aligned line for each option that is not internal', () => {
  expect(helpText(table)).toBe(
    [
      '  -v, --verbose          say where; twice: why\n',
      '  -n, --null             no standard input\n',
      '  -x, --exclude NODE     not on these\n',
      '      --path.procfs DIR  the root of /proc\n',
    ].join(''),
  );
});

describe('words among which options may stand', () => {
  test.each([
    [['7', '-v', 'h1', '--null'], { verbose: 1, null: true }, ['7', 'h1']],
    [['-x', 'h1', '7', '-xh2'], { exclude: ['h1', 'h2'] }, ['7']],
    [['7', '--', '-v', '--'], {}, ['7', '-v', '--']],
    [['-', '-v'], { verbose: 1 }, ['-']],
  ])('%j', (words, values, rest) => {
    const expected = { ok: true, values: { ...nothing, ...values }, rest };
    expect(parseMixedOptions('dshctl', table, words)).toEqual(expected);
  });

  test('are refused as those before which they must stand', () => {
    const reason = 'unknown option --bogus; see dshctl --help';
    expect(parseMixedOptions('dshctl', table, ['7', '--bogus'])).toEqual({ ok: false, reason });
  });
});
