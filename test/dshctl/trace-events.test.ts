import { expect, test } from 'vitest';
import { type TracedJob, traceJobs } from '../../src/dshctl/trace-events.ts';

function job(number: number, node: string, startedMs: number, endedMs: number): TracedJob {
  const placedMs = startedMs - 1;
  const label = { user: 'ann', command: number === 9 ? '' : `c${number}`, outcome: '0' };
  return { job: number, node, ...label, placedMs, startedMs, endedMs };
}

test('each node has as many lanes as its jobs overlap', () => {
  const events = traceJobs([
    job(1, 'h10', 101, 201),
    job(2, 'h2', 111, 301),
    job(3, 'h2', 121, 151),
    job(4, 'h2', 151, 161),
    job(9, 'h2', 301, 302),
  ]);
  const shown = events.map(({ name, ph, pid, tid, ts, dur }) => [name, ph, pid, tid, ts, dur]);
  expect(shown).toEqual([
    ['process_name', 'M', 1, 0, undefined, undefined],
    ['c2', 'X', 1, 1, 11_000, 190_000],
    ['c3', 'X', 1, 2, 21_000, 30_000],
    ['c4', 'X', 1, 2, 51_000, 10_000],
    ['job 9', 'X', 1, 1, 201_000, 1000],
    ['process_name', 'M', 2, 0, undefined, undefined],
    ['c1', 'X', 2, 1, 1000, 100_000],
  ]);
  expect(events.filter(({ ph }) => ph === 'M').map(({ args }) => args['name'])).toEqual([
    'h2',
    'h10',
  ]);
});
