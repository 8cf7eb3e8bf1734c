import { describe, expect, it } from 'vitest';
import {
  createJobRegister,
  ENDED_JOBS_MAX,
  listJobs,
  registerEnd,
  registerJob,
  registerStart,
} from '../../src/core/job-register.ts';
import { decodeControlReply } from '../../src/core/wire/control-reply.ts';
import { decodeControlRequest } from '../../src/core/wire/control-request.ts';
import { createVirtualCluster } from '../support/virtual-cluster.ts';

const place = (job: number): Parameters<typeof registerJob>[1] => ({
  job,
  node: 'h2',
  cpus: 1,
  placedMs: 1000 * job,
});
const label = { user: 'ann', command: 'gcc -c a.c', callerPid: 77 };

describe('the register of jobs', () => {
  it('says of a job when it was placed, started and ended, and how', () => {
    const register = createJobRegister();
    registerJob(register, place(1), label);
    expect(listJobs(register, 2000)).toEqual([
      { job: 1, node: 'h2', ...label, cpus: 1, placedSecondsAgo: 1 },
    ]);
    registerStart(register, 1, 4711, 2500);
    registerEnd(register, 1, 'SIGKILL', 3000);
    expect(listJobs(register, 4000)).toEqual([
      {
        job: 1,
        node: 'h2',
        ...label,
        cpus: 1,
        placedSecondsAgo: 3,
        startedSecondsAgo: 1.5,
        endedSecondsAgo: 1,
        outcome: 'SIGKILL',
        pid: 4711,
      },
    ]);
  });

  it('lists the running before the ended, the newest of each first', () => {
    const register = createJobRegister();
    for (const job of [1, 2, 3, 4]) registerJob(register, place(job));
    registerEnd(register, 3, '0', 9000);
    registerEnd(register, 1, undefined, 9500);
    expect(listJobs(register, 9999).map(({ job }) => job)).toEqual([4, 2, 1, 3]);
  });

  it(`remembers the last ${ENDED_JOBS_MAX} that ended, and all that run`, () => {
    const register = createJobRegister();
    const total = 3 * ENDED_JOBS_MAX + 7;
    for (let job = 1; job <= total; job += 1) {
      registerJob(register, place(job));
      if (job > 5) registerEnd(register, job, '0', 1000 * job);
    }
    const jobs = listJobs(register, 0).map(({ job }) => job);
    expect(jobs.slice(0, 7)).toEqual([5, 4, 3, 2, 1, total, total - 1]);
    expect(jobs).toHaveLength(5 + ENDED_JOBS_MAX);
    expect(jobs.at(-1)).toBe(total - ENDED_JOBS_MAX + 1);
  });

  it('takes no word about a job that it does not have', () => {
    const register = createJobRegister();
    registerStart(register, 7, 1, 0);
    registerEnd(register, 7, '0', 0);
    expect(listJobs(register, 0)).toEqual([]);
  });
});

describe('a daemon', () => {
  it('lists what it placed, with what its clients said of it', () => {
    const cluster = createVirtualCluster({ nodes: [{ name: 'h1' }, { name: 'h2' }] });
    const wishes = { only: ['h2'], exclude: [], order: [], cpus: 2, memoryBytes: 0 };
    cluster.tell('h1', { op: 'place', id: 1, wishes, explain: false, label });
    cluster.tell('h1', { op: 'place', id: 2, wishes, explain: false, count: 2, label });
    cluster.run(100);
    cluster.tell('h1', { op: 'started', job: 1, pid: 9 });
    cluster.tell('h1', { op: 'ended', job: 1, outcome: '3' });
    cluster.tell('h1', { op: 'unreachable', job: 2 });
    // The start of a short command is told by its end, and shows that its node can be reached.
    const { unreachable } = cluster.states.get('h1')!.clients.get(1)!;
    expect(unreachable.size).toBe(1);
    cluster.tell('h1', { op: 'ended', job: 3, outcome: '0', pid: 10 });
    expect(unreachable.size).toBe(0);
    cluster.feed('h1', { type: 'client-closed', client: 1 });
    cluster.feed('h1', { type: 'client-opened', client: 1 });
    const replies: unknown[] = [];
    cluster.onReply = (reply) => replies.push(reply);
    cluster.tell('h1', { op: 'jobs', id: 3 });
    const shown = { node: 'h2', cpus: 2, ...label, endedSecondsAgo: expect.any(Number) as number };
    expect(replies).toMatchObject([
      {
        op: 'jobs',
        id: 3,
        jobs: [
          { ...shown, job: 3, outcome: '0', pid: 10, startedSecondsAgo: expect.any(Number) },
          { ...shown, job: 2, outcome: 'not started' },
          { ...shown, job: 1, outcome: '3', pid: 9, startedSecondsAgo: expect.any(Number) },
        ],
      },
    ]);
    expect(decodeControlReply(JSON.stringify(replies[0]))).toEqual(replies[0]);
  });
});

describe('what a client says of a job', () => {
  const wishes = { only: [], exclude: [], order: [], cpus: 1, memoryBytes: 0 };
  const read = (line: object): unknown => {
    const decoded = decodeControlRequest(JSON.stringify(line));
    return decoded.ok ? decoded.request : decoded.reason;
  };
  const placeWith = (wanted: unknown): unknown =>
    read({ op: 'place', id: 1, wishes, explain: false, label: wanted });

  it('is cut and made fit to be shown', () => {
    const command = `a\n\u001b[31m\u202eb\u{1f600}\ud800${'x'.repeat(999)}`;
    expect(placeWith({ user: `u${'v'.repeat(99)}`, command, callerPid: 5 })).toMatchObject({
      label: {
        user: `u${'v'.repeat(31)}`,
        command: `a??[31m?b\u{1f600}?${'x'.repeat(120 - 12)}`,
        callerPid: 5,
      },
    });
    expect(read({ op: 'ended', job: 1, outcome: `1\n${'x'.repeat(99)}` })).toEqual({
      op: 'ended',
      job: 1,
      outcome: `1?${'x'.repeat(22)}`,
    });
  });

  it.each([undefined, 7, [], null])('is left out where it is malformed: %j', (wanted) => {
    expect(placeWith(wanted)).toEqual({ op: 'place', id: 1, wishes, explain: false });
  });

  it('does not cost it the job where a part is malformed', () => {
    const user = { user: 'ann', command: '' };
    expect(placeWith({ user: 'ann', command: 7, callerPid: -1 })).toMatchObject({ label: user });
    expect(read({ op: 'started', job: 1, pid: 'x' })).toEqual({ op: 'started', job: 1 });
    expect(read({ op: 'ended', job: 1, outcome: 7 })).toEqual({ op: 'ended', job: 1 });
  });
});
