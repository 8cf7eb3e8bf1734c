import { describe, expect, it } from 'vitest';
import type { JobReport } from '../../src/core/wire/control-report.ts';
import type { NodeView } from '../../src/core/wire/control.ts';
import { describeChange } from '../../src/web/announcements.ts';
import { changeModel, createModel, type Model, sumNodes } from '../../src/web/model.ts';
import { madeUpJob, madeUpNode } from '../support/made-up-views.ts';

function news(nodes: readonly NodeView[], jobs: readonly JobReport[] = []) {
  return { self: 'n1', nodes, jobs };
}

function modelOf(...nodes: readonly NodeView[]): Model {
  return createModel(news(nodes), 1000);
}

describe('the model', () => {
  it('has its nodes in the order of their names, and keeps it', () => {
    const model = modelOf(madeUpNode('n10'), madeUpNode('n9'), madeUpNode('n1'));
    expect([...model.nodes.keys()]).toEqual(['n1', 'n9', 'n10']);
    const changed = changeModel(model, news([madeUpNode('n9', { load: 3 })]), 2000);
    expect([...changed.nodes.keys()]).toEqual(['n1', 'n9', 'n10']);
    expect(changed.nodes.get('n9')).toMatchObject({ load: 3, measuredMs: 1500 });
    expect(model.nodes.get('n9')!.load).toBe(1);
  });

  it('counts only nodes that can be chosen', () => {
    const gone = madeUpNode('n3', { state: 'silent', cost: null });
    const totals = sumNodes(modelOf(madeUpNode('n1'), madeUpNode('n2', { jobs: 2 }), gone));
    expect(totals).toMatchObject({ nodes: 3, usable: 2, load: 2, cpus: 8, jobs: 2 });
  });

  it('keeps the times of a job as they were first told', () => {
    const model = createModel(news([], [madeUpJob(1, { placedSecondsAgo: 1 })]), 5000);
    const later = madeUpJob(1, { placedSecondsAgo: 3.1, startedSecondsAgo: 2, endedSecondsAgo: 1 });
    const { jobs } = changeModel(model, news([], [later]), 7000);
    expect(jobs.get(1)).toMatchObject({ placedMs: 4000, startedMs: 5000, endedMs: 6000 });
  });

  it('has the newest thousand jobs, oldest first', () => {
    const jobs = Array.from({ length: 1200 }, (_, index) => madeUpJob(1200 - index));
    const model = createModel(news([], jobs), 0);
    expect([...model.jobs.keys()].slice(0, 2)).toEqual([201, 202]);
    expect(model.jobs.size).toBe(1000);
  });
});

describe('what is announced', () => {
  const ok = (name: string) => madeUpNode(name);
  const silent = (name: string) => madeUpNode(name, { state: 'silent' });
  const unknown = (name: string) => madeUpNode(name, { state: 'unknown' });
  const [few, many] = [
    ['a', 'b'],
    ['a', 'b', 'c', 'd'],
  ];

  it.each([
    ['nothing', [ok('a')], [ok('a')], []],
    ['a death', [ok('a')], [silent('a')], ['a: silent, no longer chosen']],
    ['a death once', [silent('a')], [unknown('a')], []],
    ['a return', [unknown('a')], [ok('a')], ['a: back']],
    ['two', few.map(ok), few.map(silent), ['a, b: silent, no longer chosen']],
    ['many', many.map(ok), many.map(silent), ['4 nodes: silent, no longer chosen']],
    ['a newcomer', [ok('a')], [ok('a'), ok('b')], []],
  ])('%s', (_what, before, after, sentences) => {
    expect(describeChange(modelOf(...before), modelOf(...after))).toEqual(sentences);
  });
});
