import { expect, test } from 'vitest';
import { quotaFiles } from '../../lab/quota.ts';

test('a quota is a time in each period, which v2 writes in one file and v1 in two', () => {
  expect(quotaFiles(2, 25)).toEqual([['cpu.max', '25000 100000']]);
  expect(quotaFiles(1, 150)).toEqual([
    ['cpu.cfs_period_us', '100000'],
    ['cpu.cfs_quota_us', '150000'],
  ]);
});
