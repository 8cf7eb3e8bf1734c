import { describe, expect, it } from 'vitest';
import { createAgenda } from '../../src/sim/agenda.ts';
import { createKernel, SAMPLE_MS } from '../../src/sim/kernel.ts';
import { createMachine, type JobSpec } from '../../src/sim/machine.ts';

const GIBIBYTE = 2 ** 30;

/** When each job ends; all start at once. */
function endsOf(jobs: readonly Partial<JobSpec>[], cpus: number, speed = 1): number[] {
  const agenda = createAgenda();
  const machine = createMachine(agenda, { cpus, speed, totalBytes: 10 * GIBIBYTE });
  const ends = jobs.map(() => Infinity);
  for (const [index, job] of jobs.entries()) {
    machine.start({ workMs: 1000, threads: 1, memoryBytes: 0, ...job }, () => {
      ends[index] = Math.round(agenda.nowMs());
    });
  }
  for (let nowMs = 0; nowMs < 60_000; nowMs += SAMPLE_MS) {
    agenda.run(nowMs);
    machine.refresh();
  }
  return ends;
}

describe('a machine', () => {
  it.each([
    { what: 'one job alone', jobs: [{}], cpus: 1, ends: [1000] },
    { what: 'two on one CPU', jobs: [{}, {}], cpus: 1, ends: [2000, 2000] },
    { what: 'two on two', jobs: [{}, {}], cpus: 2, ends: [1000, 1000] },
    { what: 'a short and a long one', jobs: [{ workMs: 500 }, {}], cpus: 1, ends: [1000, 1500] },
    { what: 'four threads on four CPUs', jobs: [{ threads: 4 }], cpus: 4, ends: [250] },
    { what: 'four threads on two', jobs: [{ threads: 4 }], cpus: 2, ends: [500] },
    {
      what: 'threads against a job of one',
      jobs: [{ threads: 3, workMs: 3000 }, { workMs: 1000 }],
      cpus: 2,
      ends: [2000, 2000],
    },
    {
      what: 'one that sleeps half the time',
      jobs: [{ rest: { burstMs: 100, sleepMs: 100 } }],
      cpus: 1,
      ends: [1900],
    },
  ])('runs $what', ({ jobs, cpus, ends }) => expect(endsOf(jobs, cpus)).toEqual(ends));

  it('of twice the speed takes half the time', () => expect(endsOf([{}], 1, 2)).toEqual([500]));

  it('is ten times slower while its jobs need more memory than there is', () => {
    // 9 of the 10 GiB are for jobs. These two need 12 once they have run for 3 s: at 2.25 s it is
    // full, which is seen at 2.4 s, and the 0.6 s that are left then take 6 s.
    const hungry = { workMs: 3000, memoryBytes: 6 * GIBIBYTE };
    expect(endsOf([hungry, hungry], 2)).toEqual([8400, 8400]);
  });
});

describe('what /proc says', () => {
  it('counts the threads now, and has two thirds of them in the load average after a minute', () => {
    const agenda = createAgenda();
    const machine = createMachine(agenda, { cpus: 4, speed: 1, totalBytes: 10 * GIBIBYTE });
    const kernel = createKernel(machine, 0, true);
    machine.start({ workMs: Infinity, threads: 3, memoryBytes: 0 }, () => {});
    let measurement = kernel.sample();
    expect(measurement).toMatchObject({ runnable: 3, loadavg: 0, freeBytes: 9 * GIBIBYTE });
    for (let sample = 1; sample < 300; sample += 1) measurement = kernel.sample();
    expect(measurement.loadavg).toBeCloseTo(3 * (1 - Math.exp(-1)), 1);
  });
});
