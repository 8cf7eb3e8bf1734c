import { expect, test } from 'vitest';
import { findObjection, type Suspect } from '../../src/dshctl/kill.ts';
import { makeJob } from './made-up.ts';

const job = makeJob({ job: 7, callerPid: 4711, placedSecondsAgo: 10 });
const own: Suspect = { ageSeconds: 10.2, owner: 1000, ownerName: 'ann' };
const ofRoot: Suspect = { ...own, owner: 0, ownerName: 'root' };

test.each([
  ['of the user’s own', job, own, 1000, undefined],
  ['of a user, for root', job, own, 0, undefined],
  [
    'that names a process of somebody else, for root',
    job,
    ofRoot,
    0,
    'its process 4711 belongs to root, not to ann',
  ],
  ['of somebody else', job, own, 1001, 'it belongs to ann'],
  ['that has ended', { ...job, endedSecondsAgo: 1 }, own, 0, 'it has ended'],
  ['whose process is gone', job, undefined, 1000, 'its process 4711 is not there, or'],
  [
    'whose process is another one by now',
    job,
    { ...own, ageSeconds: 9.9 },
    0,
    'its process 4711 is not there, or',
  ],
  ['without a process', makeJob({ job: 7 }), own, 0, 'whoever placed it gave no process'],
] as const)('a job %s', (_title, given, suspect, myself, objection) => {
  const found = findObjection(given, suspect, myself);
  if (objection === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(objection);
});
