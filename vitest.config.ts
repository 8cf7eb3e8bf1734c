import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A test that leaves an unhandled rejection behind fails; none is tried twice.
    retry: 0,
    // Many tests run real programs and wait for them: of a machine's CPUs a container often has few.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          // A deadline, not an expectation: the machine may be busy.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: [
            'test/{core,node,dshd,dsh,dshexec,dshctl,lab,native,sim,web}/**/*.test.ts',
            'test/*.test.ts',
          ],
        },
      },
      {
        test: {
          // Long for what it shows: apart, so that the unit tests stay quick.
          name: 'hostile',
          include: ['test/hostile/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // Two cores: clusters one after the other, so that a test measures its own work only.
          fileParallelism: false,
        },
      },
      {
        test: {
          // The page of dshd in a real browser.
          name: 'web',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 480_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'nfs',
          include: ['test/nfs/**/*.test.ts'],
          // A thousand steps take minutes in these kernels.
          testTimeout: 1_200_000,
          hookTimeout: 480_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
