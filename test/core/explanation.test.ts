/** What an explained choice tells: every node, how its figures came, what it costs and why not. */
import { expect, test } from 'vitest';
import type { ControlReply } from '../../src/core/wire/control.ts';
import { anywhere, createVirtualCluster, type VirtualCluster } from '../support/virtual-cluster.ts';

const names = ['h1', 'h2', 'h3', 'h4'];

/** Places a job from h1 where h2 has died a moment ago and h3 is not wanted. */
function place(cluster: VirtualCluster): Extract<ControlReply, { op: 'placed' }> {
  const replies: ControlReply[] = [];
  cluster.onReply = (reply) => void replies.push(reply);
  const wishes = { ...anywhere, exclude: ['h3'] };
  cluster.kill('h2');
  cluster.tell('h1', { op: 'place', id: 7, wishes, explain: true });
  cluster.run(100);
  const [reply] = replies;
  if (reply?.op !== 'placed') throw new Error(reply?.op);
  return reply;
}

test('with the answer comes every node as it was judged', () => {
  const cluster = createVirtualCluster({ nodes: names.map((name) => ({ name })) });
  cluster.run(5000);
  const { ranking } = place(cluster);
  const rows = Object.fromEntries(ranking.map((view) => [view.name, view]));
  expect(Object.keys(rows).toSorted()).toEqual(names);
  expect(rows['h1']).toMatchObject({ source: 'self', note: '' });
  expect(rows['h2']).toMatchObject({ source: 'silent' });
  expect(rows['h3']).toMatchObject({ source: 'table', cost: null, note: 'excluded by -x' });
  expect(rows['h4']).toMatchObject({ source: 'answer', answerMs: expect.any(Number) });
  for (const host of ['h1', 'h4']) {
    const { cost, terms = {} } = rows[host]!;
    expect(Object.keys(terms)).toEqual(['load', 'memory']);
    expect(terms['load']! + terms['memory']!).toBeCloseTo(cost!);
  }
});

test('the same can be asked for later, by the number of the job', () => {
  const cluster = createVirtualCluster({ nodes: names.map((name) => ({ name })) });
  cluster.run(5000);
  const { job, node } = place(cluster);
  const replies: ControlReply[] = [];
  cluster.onReply = (reply) => void replies.push(reply);
  cluster.run(2000);
  cluster.tell('h1', { op: 'explain', id: 8, job });
  const [reply] = replies;
  if (reply?.op !== 'explained') throw new Error(reply?.op);
  const { decision } = reply;
  expect(decision.secondsAgo).toBeGreaterThan(2);
  expect(decision).toMatchObject({ job, policy: 'fresh', wishes: { exclude: ['h3'] } });
  expect(decision.excluded).toEqual([{ reason: 'excluded by -x', count: 1, names: ['h3'] }]);
  expect(decision.chosen.at(-1)).toMatchObject({ node, job, outcome: 'confirmed' });
  const sources = Object.fromEntries(decision.shortlist.map((each) => [each.node, each]));
  expect(Object.keys(sources).toSorted()).toEqual(['h1', 'h2', 'h4']);
  expect(sources['h1']).toMatchObject({ source: 'self', terms: { load: expect.any(Number) } });
  // It had not answered, and its age is that of the last that it said.
  expect(sources['h2']).toMatchObject({ source: 'table' });
  expect(sources['h4']!.source).toBe('answer');
  expect(sources['h4']!.ageSeconds).toBeLessThan(sources['h2']!.ageSeconds);
});
