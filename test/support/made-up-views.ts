/** A node and a job as a daemon tells of them. */
import type { NodeView } from '../../src/core/wire/control.ts';
import type { JobReport } from '../../src/core/wire/control-report.ts';

export function madeUpNode(name: string, figures: Partial<NodeView> = {}): NodeView {
  return {
    name,
    state: 'ok',
    destination: name,
    load: 1,
    loadavg: 1,
    cpus: 4,
    freeBytes: 8 * 2 ** 30,
    totalBytes: 16 * 2 ** 30,
    jobs: 0,
    loadWeight: 1,
    memoryWeight: 1,
    ageSeconds: 0.5,
    cost: 1.25,
    self: false,
    note: '',
    ...figures,
  };
}

export function madeUpJob(job: number, figures: Partial<JobReport> = {}): JobReport {
  return {
    job,
    node: 'n2',
    user: 'ada',
    command: 'cc -c a.c',
    cpus: 1,
    placedSecondsAgo: 2,
    ...figures,
  };
}
