import { describe, expect, test } from 'vitest';
import { parseDurationMs, parseSize } from '../../src/core/quantity.ts';
import { splitWords } from '../../src/core/split-words.ts';
import { parseDaemonAddress } from '../../src/dsh/option-values.ts';
import { type Invocation, parseInvocation, usage } from '../../src/dsh/options.ts';

function run(words: readonly string[], shell?: string): Extract<Invocation, { action: 'run' }> {
  const parsed = parseInvocation(words, { shell });
  if (!parsed.ok) throw new Error(parsed.reason);
  if (parsed.value.action !== 'run') throw new Error(parsed.value.action);
  return parsed.value;
}

test('a bare command takes the defaults', () => {
  expect(run(['make', '-j8']).options).toEqual({
    command: ['make', '-j8'],
    verbosity: 0,
    quiet: false,
    noStdin: false,
    choice: {
      only: [],
      exclude: [],
      cpus: 1,
      memoryBytes: 0,
      rank: undefined,
      daemon: undefined,
      requireCluster: false,
    },
    remoteShell: ['ssh'],
    oneShot: false,
    retries: 0,
    terminal: 'auto',
    timeoutMs: 0,
    keepOutput: false,
    coherence: 'auto',
    coherenceMs: 60_000,
    transfer: undefined,
  });
});

test('options say how much of this process the command is to have', () => {
  expect(run(['-t', '--timeout', '1.5m', '--wait-output', 'vi']).options).toMatchObject({
    terminal: 'always',
    timeoutMs: 90_000,
    keepOutput: true,
  });
  expect(run(['-T', 'ls']).options.terminal).toBe('never');
});

test('options say which node and how', () => {
  const { options } = run(
    ['-vvqnHa,b', '-H', 'c', '-x', 'd', '--cpus', '2', '--mem=1.5G', '--retry', '3', '--', '-v'],
    'ssh -p 22',
  );
  expect(options).toMatchObject({
    command: ['-v'],
    verbosity: 2,
    quiet: true,
    noStdin: true,
    choice: { only: ['a', 'b', 'c'], exclude: ['d'], cpus: 2, memoryBytes: 1.5 * 1024 ** 3 },
    remoteShell: ['ssh', '-p', '22'],
    retries: 3,
  });
});

test('--sh makes a shell command whose further words are its parameters', () => {
  expect(run(['--sh', 'echo "$1"', 'a', '-n']).options.command).toEqual([
    '/bin/sh',
    '-c',
    'echo "$1"',
    'sh',
    'a',
    '-n',
  ]);
});

test('rsh is always one-shot, wherever it lies', () => {
  expect(run(['-e', 'rsh', 'ls']).options.oneShot).toBe(true);
  expect(run(['ls'], '/usr/bin/rsh -l me').options.oneShot).toBe(true);
  expect(run(['-e', 'ssh', 'ls'], 'rsh').options.oneShot).toBe(false);
});

test('bytes that are no UTF-8 stay in the command, and host names are decoded', () => {
  const { options } = run(['-H', 'g\u00c3\u00b6', 'cat', '\xff']);
  expect(options.command).toEqual(['cat', '\xff']);
  expect(options.choice.only).toEqual(['gö']);
});

describe('other actions', () => {
  test.each([
    [['--help', '--foo'], undefined],
    [['--best', '-x', 'h1'], 'best'],
    [['--version', 'ls'], 'version'],
    [['--help'], 'help'],
  ])('%j', (words, action) => {
    const parsed = parseInvocation(words, {});
    expect(parsed.ok ? parsed.value.action : undefined).toBe(action);
  });
});

test('what the environment says of files holds until an option says otherwise', () => {
  const defaults = { coherence: 'on', coherenceTimeout: '5' };
  const parse = (words: readonly string[]): unknown => {
    const parsed = parseInvocation(words, defaults);
    return parsed.ok && parsed.value.action === 'run' ? parsed.value.options : parsed;
  };
  expect(parse(['ls'])).toMatchObject({ coherence: 'on', coherenceMs: 5000 });
  const words = ['--coherence', 'off', '--coherence-timeout', '1m', 'ls'];
  expect(parse(words)).toMatchObject({ coherence: 'off', coherenceMs: 60_000 });
  expect(parseInvocation(['ls'], { coherence: '' })).toEqual({
    ok: false,
    reason: 'DSH_COHERENCE : expected auto, on or off',
  });
});

describe('wrong use names the option, the value and the cure', () => {
  test.each([
    [[], 'no command was given; see dsh --help'],
    [['-n'], 'no command was given; see dsh --help'],
    [['--f\u00c3\u00b6'], 'unknown option --fö; see dsh --help'],
    [['--cpus', '0', 'ls'], '--cpus 0: expected a whole number, at least 1'],
    [['--cpus', '1.5', 'ls'], '--cpus 1.5: expected a whole number, at least 1'],
    [['--retry', '-1', 'ls'], '--retry -1: expected a whole number, at least 0'],
    [['-t', '-T', 'ls'], '-t and -T contradict each other; leave one out'],
    [
      ['--timeout', '5x', 'ls'],
      '--timeout 5x: expected seconds such as 5 or 1.5, or 2m, 1h, up to 24d',
    ],
    [['--coherence', 'yes', 'ls'], '--coherence yes: expected auto, on or off'],
    [
      ['--send', '../a', 'ls'],
      "'../a' cannot be copied: expected a path below the current directory",
    ],
    [['--cleanup', 'ls'], '--cleanup removes what --send and --fetch name; give one'],
    [['--mem', '2 GB', 'ls'], '--mem 2 GB: expected a size such as 512M or 2G'],
    [
      ['--rank', 'load +', 'ls'],
      "--rank 'load +': expected a number, a column, a function or '(', read the end at column 7",
    ],
    [['-e', "ssh 'x", 'ls'], "-e ssh 'x: the quote ' is not closed"],
    [['-e', ' ', 'ls'], '-e  : expected a command such as ssh'],
    [['--daemon', 'h1:x', 'ls'], '--daemon h1:x: expected HOST or HOST:PORT'],
    [['--best', 'ls'], "--best runs nothing; leave out 'ls'"],
  ])('%j', (words, reason) => {
    expect(parseInvocation(words, {})).toEqual({ ok: false, reason });
  });
});

test('the help fits on a screen', () => {
  const lines = usage.split('\n');
  expect(lines.length).toBeLessThanOrEqual(36);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
});

test.each([
  ['4096', 4096],
  ['512M', 512 * 2 ** 20],
  ['0.5k', 512],
  ['1T', 2 ** 40],
  ['', undefined],
  ['G', undefined],
  ['1GB', undefined],
  ['-1', undefined],
  ['999999999999999T', undefined],
])('the size %j is %s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each([
  ['5', 5000],
  ['0', 0],
  ['1.5', 1500],
  ['.0004', 1],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['24d', 2_073_600_000],
  ['25d', undefined],
  ['', undefined],
  ['.', undefined],
  ['-1', undefined],
  ['5 s', undefined],
])('the duration %j is %s', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.each([
  ['h1', 'h1', undefined],
  ['h1.example:8181', 'h1.example', 8181],
  ['127.0.0.1:1', '127.0.0.1', 1],
  ['[::1]:8282', '::1', 8282],
])('the daemon %s', (text, host, port) => {
  expect(parseDaemonAddress(text)).toEqual({ ok: true, value: { host, port } });
});

test.each([['h1:0'], ['h1:65536'], [''], [':8181'], ['a b'], ['::1']])(
  'the daemon %j is refused',
  (text) => {
    expect(parseDaemonAddress(text).ok).toBe(false);
  },
);

test.each([
  ['ssh -p 2222', ['ssh', '-p', '2222']],
  [`  ssh  -o 'User=a b' -o "X='"`, ['ssh', '-o', 'User=a b', '-o', "X='"]],
  [`a''b ""`, ['ab', '']],
])('%s is split', (text, words) => {
  expect(splitWords(text)).toEqual({ ok: true, value: words });
});
