import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countLive,
  createLedger as createLedgerOf,
  foldLedger,
  HOLD_MS,
  type Ledger,
  markEnded,
  markStarted,
  reserve,
  unseenLoad,
  unseenMemoryBytes,
} from '../../src/core/ledger.ts';
import {
  foldSample,
  type LoadEstimate,
  LOAD_TAU_MS,
  LOADAVG_TAU_MS,
} from '../../src/core/load-estimate.ts';
import { hashJob, reconcile } from '../../src/core/reconcile.ts';

const SAMPLE_MS = 200;

const createLedger = (): Ledger => createLedgerOf(LOAD_TAU_MS, LOADAVG_TAU_MS);

function reserveJob(ledger: Ledger, job: number, nowMs: number, origin = 7): void {
  reserve(ledger, { origin, job, kind: 'job', cpus: 1, memoryBytes: 0 }, nowMs);
}

describe('the load of a node', () => {
  it('counts every CPU-bound job as one, from its reservation to its end', () => {
    const times = fc.record({
      reservedMs: fc.integer({ min: 0, max: 4000 }),
      delayMs: fc.integer({ min: 0, max: 1000 }),
      runMs: fc.integer({ min: 0, max: 6000 }),
    });
    const property = fc.property(fc.array(times, { maxLength: 8 }), (jobs) => {
      const ledger = createLedger();
      let estimate: LoadEstimate = { runnable: 0, sampledMs: 0 };
      // A millisecond a step; samples see the jobs that run, as /proc does.
      for (let nowMs = 0; nowMs <= 12_000; nowMs += 1) {
        let expected = 0;
        let running = 0;
        for (const [job, { reservedMs, delayMs, runMs }] of jobs.entries()) {
          const startMs = reservedMs + delayMs;
          const endMs = startMs + runMs;
          if (nowMs === reservedMs) reserveJob(ledger, job, nowMs);
          if (nowMs === startMs) markStarted(ledger, 7, job, nowMs);
          if (nowMs === endMs) markEnded(ledger, 7, job, nowMs);
          if (nowMs >= reservedMs && nowMs < endMs) expected += 1;
          if (nowMs >= startMs && nowMs < endMs) running += 1;
        }
        if (nowMs % SAMPLE_MS === 0) {
          estimate = foldSample(estimate, running, nowMs);
          foldLedger(ledger, nowMs);
        }
        const load = estimate.runnable + unseenLoad(ledger, LOAD_TAU_MS);
        // What is left is the sampling: a job seen up to one sample early or late.
        expect(Math.abs(load - expected)).toBeLessThanOrEqual(0.19 * jobs.length + 1e-9);
      }
    });
    fc.assert(property, { numRuns: 10 });
  });

  it('is untouched by a job that never started', () => {
    const ledger = createLedger();
    reserveJob(ledger, 1, 100);
    foldLedger(ledger, 200);
    expect(unseenLoad(ledger, LOAD_TAU_MS)).toBe(1);
    markEnded(ledger, 7, 1, 300);
    foldLedger(ledger, 400);
    expect(unseenLoad(ledger, LOAD_TAU_MS)).toBe(0);
    expect(countLive(ledger)).toBe(0);
  });

  it('carries a hold whole for three seconds, then lets it fade', () => {
    const ledger = createLedger();
    reserve(ledger, { origin: 7, job: 1, kind: 'hold', cpus: 2, memoryBytes: 0 }, 0);
    foldLedger(ledger, HOLD_MS - 1);
    expect(unseenLoad(ledger, LOAD_TAU_MS)).toBe(2);
    foldLedger(ledger, HOLD_MS + 1000);
    expect(unseenLoad(ledger, LOAD_TAU_MS)).toBeCloseTo(2 / Math.E, 5);
    foldLedger(ledger, HOLD_MS + 60_000);
    expect(unseenLoad(ledger, LOAD_TAU_MS)).toBe(0);
    expect(unseenLoad(ledger, LOADAVG_TAU_MS)).toBeCloseTo(2 / Math.E, 5);
  });

  it('keeps nothing of jobs that have ended, however many there were', () => {
    const ledger = createLedger();
    for (let job = 1; job <= 10_000; job += 1) {
      reserveJob(ledger, job, job);
      markStarted(ledger, 7, job, job);
      markEnded(ledger, 7, job, job + 1);
      if (job % SAMPLE_MS === 0) foldLedger(ledger, job);
    }
    foldLedger(ledger, 600_000);
    expect([ledger.jobs.size, ledger.recent.length, ledger.live]).toEqual([0, 0, 0]);
    expect(unseenLoad(ledger, LOAD_TAU_MS)).toBe(0);
  });
});

describe('the memory of a node', () => {
  it('is promised until the job shows its pages', () => {
    const ledger = createLedger();
    reserve(ledger, { origin: 7, job: 1, kind: 'job', cpus: 1, memoryBytes: 1000 }, 0);
    expect(unseenMemoryBytes(ledger, 60_000)).toBe(1000);
    markStarted(ledger, 7, 1, 60_000);
    expect(unseenMemoryBytes(ledger, 65_000)).toBeCloseTo(1000 / Math.E, 3);
    markEnded(ledger, 7, 1, 65_000);
    expect(unseenMemoryBytes(ledger, 65_000)).toBe(0);
  });
});

describe('the number of jobs that a dispatcher states', () => {
  it.each([
    { held: 3, stated: 3, live: 3 },
    { held: 3, stated: 1, live: 1 },
    { held: 3, stated: 0, live: 0 },
    { held: 1, stated: 4, live: 4 },
    { held: 0, stated: 2, live: 2 },
  ])('$stated makes $live of $held', ({ held, stated, live }) => {
    const ledger = createLedger();
    for (let job = 1; job <= held; job += 1) reserveJob(ledger, job, 0);
    // Of fewer or more jobs than are held, the hash says nothing.
    const jobsHash = held === stated ? [1, 2, 3].reduce(hashJob, 0) : 0;
    reconcile(ledger, 7, { liveJobs: stated, jobsHash }, 5000, 1500);
    expect(countLive(ledger)).toBe(live);
  });

  it('leaves alone what is younger than the grace, and other dispatchers', () => {
    const ledger = createLedger();
    reserveJob(ledger, 1, 4000);
    reserveJob(ledger, 1, 0, 8);
    reconcile(ledger, 7, { liveJobs: 0, jobsHash: 0 }, 5000, 1500);
    expect(countLive(ledger)).toBe(2);
  });

  it('puts as many unknown jobs in the place of as many wrong ones', () => {
    const ledger = createLedger();
    reserve(ledger, { origin: 7, job: 1, kind: 'job', cpus: 8, memoryBytes: 0 }, 0);
    reconcile(ledger, 7, { liveJobs: 1, jobsHash: hashJob(0, 2) }, 5000, 1500);
    expect(countLive(ledger)).toBe(1);
    expect(unseenLoad(ledger, LOAD_TAU_MS)).toBe(1);
    // Of those nothing is known that could be wrong.
    reconcile(ledger, 7, { liveJobs: 1, jobsHash: 0 }, 9000, 1500);
    expect(countLive(ledger)).toBe(1);
  });

  it('does not count a reservation twice that arrives twice', () => {
    const ledger = createLedger();
    reserveJob(ledger, 1, 0);
    reserveJob(ledger, 1, 10);
    expect(countLive(ledger)).toBe(1);
  });
});
