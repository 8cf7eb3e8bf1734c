import { expect, test } from 'vitest';
import { parseAffinity } from '../../../src/core/proc/affinity.ts';
import { parseFigure, parseNamedFigure } from '../../../src/core/proc/figures.ts';
import { parseLoadavg } from '../../../src/core/proc/loadavg.ts';
import { parseMeminfo } from '../../../src/core/proc/meminfo.ts';
import { parsePressure } from '../../../src/core/proc/pressure.ts';
import { parseTaskStat } from '../../../src/core/proc/task-stat.ts';

const KIB = 1024;

test('loadavg: three averages, then runnable and all threads', () => {
  expect(parseLoadavg('12.20 4.18 0.12 17/1080 11206\n')).toEqual({
    oneMinute: 12.2,
    fiveMinutes: 4.18,
    fifteenMinutes: 0.12,
    runnable: 17,
    threads: 1080,
  });
});

test.each([
  '',
  '\n',
  '0.20 0.18 0.12',
  '0.20 0.18 0.12 1 11206',
  '0.20 0.18 x 1/80 3',
  '1 1 1 -1/8 3',
])('loadavg: %j is none', (text) => {
  expect(parseLoadavg(text)).toBeUndefined();
});

const meminfoOldKernel = `\
MemTotal:        8000000 kB
MemFree:         1000000 kB
Buffers:          200000 kB
Cached:          3000000 kB
SwapCached:       700000 kB
Active:          4000000 kB
SwapTotal:       2000000 kB
Shmem:            500000 kB
Slab:             900000 kB
SReclaimable:     400000 kB
`;

test.each([
  [
    'a current kernel',
    'MemTotal:  24684084 kB\nMemFree:  1 kB\nMemAvailable: 24400240 kB\n',
    24684084,
    24400240,
  ],
  ['a kernel before 3.14, without MemAvailable', meminfoOldKernel, 8_000_000, 4_100_000],
  [
    'more shared memory than cache',
    'MemTotal: 900 kB\nMemFree: 90 kB\nCached: 5 kB\nShmem: 9 kB\n',
    900,
    90,
  ],
  ['more available than there is', 'MemTotal: 900 kB\nMemAvailable: 901 kB\n', 900, 900],
])('meminfo of %s', (_, text, totalKib, availableKib) => {
  expect(parseMeminfo(text)).toEqual({
    totalBytes: totalKib * KIB,
    availableBytes: availableKib * KIB,
  });
});

test.each(['', 'MemTotal: 900 kB\n', 'MemFree: 900 kB\n', 'MemTotal: 0 kB\nMemAvailable: 0 kB\n'])(
  'meminfo: %j is none',
  (text) => {
    expect(parseMeminfo(text)).toBeUndefined();
  },
);

test.each([
  ['0', 1],
  ['0-1', 2],
  ['0-3,8,10-11', 7],
  ['127', 1],
  ['', undefined],
  ['3-1', undefined],
  ['0-', undefined],
  ['0,,1', undefined],
  ['0-3:1/2', undefined],
])('affinity: the list %j is %j CPUs', (list, cpus) => {
  const status = `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${list}\nMems_allowed_list:\t0-9\n`;
  expect(parseAffinity(status)).toBe(cpus);
});

test('affinity: a kernel before 2.6.26 says nothing', () => {
  expect(parseAffinity('Name:\tnode\nState:\tR (running)\n')).toBeUndefined();
});

test('pressure: the share in which all work waited, over the last ten seconds', () => {
  const some = 'some avg10=40.00 avg60=8.00 avg300=2.00 total=9000\n';
  expect(parsePressure(`${some}full avg10=12.50 avg60=4.00 avg300=1.00 total=8000\n`)).toBe(0.125);
  expect(parsePressure(some)).toBeUndefined();
  expect(parsePressure('')).toBeUndefined();
});

const afterState = '1 0 0 0 -1 4194304 78 0 0 0 0 0 0 0 20 0';

test.each([
  ['a plain name', `4 (cat) R ${afterState} 1 0 127428`, { state: 'R', threads: 1 }],
  ['a name like the fields', `4 (x) Z 1) (y) D ${afterState} 31 0`, { state: 'D', threads: 31 }],
  ['a name of two lines', `4 (a\nb) S ${afterState} 2 0`, { state: 'S', threads: 2 }],
  ['no name', `4 R ${afterState} 1 0`, undefined],
  ['a line cut short', '4 (cat) R 1 0 0', undefined],
  ['nothing', '', undefined],
])('task: %s', (_, text, expected) => {
  expect(parseTaskStat(text)).toEqual(expected);
});

test('a figure is a number without a sign, and nothing else', () => {
  expect(['0', '2.50', '9223372036854775807'].map(parseFigure)).toEqual([0, 2.5, 2 ** 63]);
  const others = ['', ' 1', '-1', '1e3', '0x10', 'max', 'Infinity', '9'.repeat(21), undefined];
  expect(others.map(parseFigure)).toEqual(others.map(() => undefined));
});

test('a named figure is that of a whole name, not of one that ends alike', () => {
  const stat = 'total_inactive_file 7\ninactive_file 5\nempty\n';
  expect(parseNamedFigure(stat, 'inactive_file ')).toBe(5);
  expect(parseNamedFigure(stat, 'total_inactive_file ')).toBe(7);
  expect(parseNamedFigure(stat, 'empty')).toBeUndefined();
  expect(parseNamedFigure(stat, 'active_file ')).toBeUndefined();
});
