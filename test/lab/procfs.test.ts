import { expect, test } from 'vitest';
import { procfsFiles } from '../../lab/procfs.ts';
import { parseAffinity } from '../../src/core/proc/affinity.ts';
import { parseLoadavg } from '../../src/core/proc/loadavg.ts';
import { parseMeminfo } from '../../src/core/proc/meminfo.ts';

test('the daemon reads from a made-up /proc what was put in', () => {
  const files = procfsFiles({
    runnable: 5,
    loadavg: 2.5,
    cpus: 4,
    totalBytes: 2 ** 32,
    freeBytes: 2 ** 30,
  });
  // loadavg counts its reader, which the daemon takes off again.
  expect(parseLoadavg(files.loadavg!)).toMatchObject({ oneMinute: 2.5, runnable: 6 });
  expect(parseMeminfo(files.meminfo!)).toEqual({ totalBytes: 2 ** 32, availableBytes: 2 ** 30 });
  expect(parseAffinity(files['self/status']!)).toBe(4);
});

test('a host of which nothing is said is idle, with one CPU and half its memory free', () => {
  const files = procfsFiles({});
  expect(parseLoadavg(files.loadavg!)).toMatchObject({ oneMinute: 0, runnable: 1 });
  expect(parseAffinity(files['self/status']!)).toBe(1);
  const memory = parseMeminfo(files.meminfo!)!;
  expect(memory.availableBytes).toBe(memory.totalBytes / 2);
});
