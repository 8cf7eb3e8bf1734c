/** The parts of the page that need no browser. */
import { describe, expect, it, test } from 'vitest';
import * as format from '../../src/web/format.ts';
import { heatOf, moveInGrid } from '../../src/web/heat.ts';
import { createModel, type JobRow } from '../../src/web/model.ts';
import { jobLink, nodeLink, readRoute } from '../../src/web/route.ts';
import { layOutJobs, userColour, USER_COLOURS } from '../../src/web/timeline-layout.ts';
import { madeUpJob, madeUpNode } from '../support/made-up-views.ts';

const GIBIBYTE = 2 ** 30;

test.each([
  [format.formatLoad(0.126), '0.13'],
  [format.formatLoad(12.34), '12.3'],
  [format.formatLoad(12_345.6), '12,346'],
  [format.formatCpus(8), '8'],
  [format.formatCpus(2.5), '2.5'],
  [format.formatLoadOf(0.5, 1), '0.50 of 1 CPU'],
  [format.formatBytes(512 * 2 ** 20), '512 MiB'],
  [format.formatBytes(3.1 * GIBIBYTE), '3.1 GiB'],
  [format.formatBytes(30 * GIBIBYTE), '30 GiB'],
  [format.formatBytes(4096 * GIBIBYTE), '4.0 TiB'],
  [format.formatBytes(0), '0 MiB'],
  [format.formatTime(1234), '1.2 s'],
  [format.formatTime(59_400), '59 s'],
  [format.formatTime(125_000), '2 min 5 s'],
  [format.formatTime(300_000), '5 min'],
  [format.formatTime(7_260_000), '2 h 1 min'],
  [format.formatCount(1, 'job'), '1 job'],
  [format.formatCount(1000, 'node'), '1,000 nodes'],
])('a figure is written as %s', (text, expected) => expect(text).toBe(expected));

describe('an address', () => {
  it.each([
    ['', { view: 'cluster' }],
    ['#/', { view: 'cluster' }],
    ['#/node/n1', { view: 'node', name: 'n1' }],
    ['#/job/17', { view: 'job', job: 17 }],
    ['#/job/one', { view: 'nowhere' }],
    ['#/node/', { view: 'nowhere' }],
    ['#/node/%', { view: 'node', name: '%' }],
    ['#/elsewhere', { view: 'nowhere' }],
  ])('%j', (hash, route) => expect(readRoute(hash)).toEqual(route));

  it('leads to a node whatever its name', () => {
    const name = 'a/b#c%20ü';
    expect(readRoute(nodeLink(name))).toEqual({ view: 'node', name });
    expect(readRoute(jobLink(5))).toEqual({ view: 'job', job: 5 });
  });
});

describe('the heat of a node', () => {
  it.each([
    [{ load: 0 }, 0],
    [{ load: 0.1 }, 1],
    [{ load: 2 }, 4],
    [{ load: 4 }, 8],
    [{ load: 4.1 }, 9],
    [{ load: 4, cost: null }, undefined],
    [{ load: 0, cpus: 0 }, 0],
  ])('by load: %j', (figures, heat) => {
    expect(heatOf(madeUpNode('n1', figures), 'load')).toBe(heat);
  });

  it.each([
    [16, 0],
    [8, 5],
    [0.7, 9],
  ])('by memory: %i of 16 GiB free', (free, heat) => {
    const node = madeUpNode('n1', { freeBytes: free * GIBIBYTE });
    expect(heatOf(node, 'memory')).toBe(heat);
  });
});

test.each([
  ['ArrowRight', 0, 1],
  ['ArrowDown', 1, 5],
  ['ArrowUp', 1, 1],
  ['ArrowLeft', 0, 0],
  ['ArrowDown', 8, 8],
  ['Home', 7, 0],
  ['End', 0, 9],
  ['x', 3, undefined],
])('%s leads from cell %i to %s of ten in rows of four', (key, from, to) => {
  expect(moveInGrid(key, from, 10, 4)).toBe(to);
});

describe('the timeline', () => {
  /** The page was opened just now: what was before has times below 0. */
  const NOW_MS = 1000;

  function rows(...reports: Parameters<typeof madeUpJob>[1][]): JobRow[] {
    const jobs = reports.map((report, index) => madeUpJob(index + 1, report));
    return [...createModel({ self: 'n1', nodes: [], jobs }, NOW_MS).jobs.values()];
  }

  it('has jobs that overlap in lanes, and those that follow each other in one', () => {
    const { rows: found, windowMs } = layOutJobs(
      rows(
        { placedSecondsAgo: 60, endedSecondsAgo: 30 },
        { placedSecondsAgo: 45 },
        { placedSecondsAgo: 15 },
      ),
      NOW_MS,
    );
    expect(windowMs).toBe(60_000);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ node: 'n2', lanes: 2 });
    const bars = found[0]!.bars.map(({ lane, from, to }) => [lane, from, to]);
    expect(bars).toEqual([
      [0, 0, 0.5],
      [1, 0.25, 1],
      [0, 0.75, 1],
    ]);
  });

  it('leaves out what ended more than ten minutes ago', () => {
    const old = { placedSecondsAgo: 5000, endedSecondsAgo: 601 };
    expect(layOutJobs(rows(old), NOW_MS).rows).toEqual([]);
    const long = layOutJobs(rows({ placedSecondsAgo: 5000 }), NOW_MS);
    expect(long.rows[0]!.bars).toMatchObject([{ from: 0, to: 1 }]);
  });

  it('has room for 24 nodes, and says how many more there are', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ node: `n${index}` }));
    const { rows: found, more } = layOutJobs(rows(...many), NOW_MS);
    expect(found).toHaveLength(24);
    expect(more).toBe(6);
  });

  it('has a colour for every user, always the same', () => {
    for (const user of ['', 'ada', 'root', 'größe']) {
      expect(userColour(user)).toBeGreaterThanOrEqual(0);
      expect(userColour(user)).toBeLessThan(USER_COLOURS);
      expect(userColour(user)).toBe(userColour(user));
    }
  });
});
