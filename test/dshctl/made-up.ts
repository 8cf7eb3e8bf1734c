/** Nodes and jobs for tests of what is shown of them. */
import type { NodeView } from '../../src/core/wire/control.ts';
import type { JobReport } from '../../src/core/wire/control-report.ts';

export function makeNode(given: Partial<NodeView> & { readonly name: string }): NodeView {
  return {
    state: 'ok',
    destination: given.name,
    load: 0,
    loadavg: 0,
    cpus: 4,
    freeBytes: 2 * 2 ** 30,
    totalBytes: 8 * 2 ** 30,
    jobs: 0,
    loadWeight: 1,
    memoryWeight: 1,
    ageSeconds: 0.2,
    cost: 1,
    self: false,
    note: '',
    ...given,
  };
}

export function makeJob(given: Partial<JobReport> & { readonly job: number }): JobReport {
  return { node: 'h2', user: 'ann', command: 'gcc -c a.c', cpus: 1, placedSecondsAgo: 3, ...given };
}
