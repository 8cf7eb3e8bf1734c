/** Nodes and jobs for tests of what is shown of them. */
import type { NodeView } from '../../src/core/wire/control.ts';
import type { JobReport } from '../../src/core/wire/control-report.ts';
import { madeUpJob, madeUpNode } from '../support/made-up-views.ts';

export function makeNode(given: Partial<NodeView> & { readonly name: string }): NodeView {
  return madeUpNode(given.name, {
    load: 0,
    loadavg: 0,
    freeBytes: 2 * 2 ** 30,
    totalBytes: 8 * 2 ** 30,
    ageSeconds: 0.2,
    cost: 1,
    ...given,
  });
}

export function makeJob(given: Partial<JobReport> & { readonly job: number }): JobReport {
  const usual = { node: 'h2', user: 'ann', command: 'gcc -c a.c', placedSecondsAgo: 3 };
  return madeUpJob(given.job, { ...usual, ...given });
}
