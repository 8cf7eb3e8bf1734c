/**
 * Nothing of a job outlives what it hangs on: who dies, times what the command did.
 * docs/failures.md says it in words.
 */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import type { NetnsLab } from '../../lab/netns.ts';
import {
  findByVariable,
  type ProcessIdentity,
  readArguments,
  signalProcess,
} from '../../lab/process-table.ts';
import { projectDirectory } from '../../lab/project.ts';
import { waitUntil } from '../../lab/wait.ts';
import { exitStatuses } from '../../src/core/outcome.ts';
import { describeWith } from '../support/lab-requirements.ts';
import {
  type Call,
  callDsh,
  findParty,
  hasNamespaces,
  type Party,
  readJobs,
  SILENCE_MS_MAX,
  startTwoHosts,
  warmUp,
} from './support/two-hosts.ts';

/** What docs promise from the moment when the node can know. Printed beside what was seen. */
const GONE_GOAL_MS = 2000;
/** A deadline, not an expectation: the machine may be busy. */
const GONE_DEADLINE_MS = 30_000;
const forever = 'sleep 1000';

/** What commands do; each says `up` when it has done so. */
const commands = {
  sleeps: `echo up; exec ${forever}`,
  'has children in the background': `${forever} & ${forever} & echo up; wait`,
  'has become a daemon': `(setsid sh -c 'echo up; exec ${forever} <&- >&- 2>&-' &); exec ${forever}`,
  'has a child with a session of its own': `setsid sh -c 'echo up; exec ${forever}' & wait`,
  'has a grandchild that holds stdout': `(${forever} &); echo up; exec ${forever}`,
  'ignores TERM and HUP': `trap '' TERM HUP INT; echo up; while :; do ${forever}; done`,
  'is stopped': `${forever} & echo up; wait`,
  'is a pipeline': `echo up; ${forever} | cat | cat`,
  'has 50 children that fork': `for i in $(seq 50); do
      (while :; do sleep 0.5; done) & done; echo up; wait`,
} as const;
type What = keyof typeof commands;
const whats = Object.keys(commands) as What[];

/** Which runner, how it is called, and whether it keeps what others cannot promise. */
const runners = [
  {
    title: 'the native runner',
    program: `${projectDirectory}/build/native/dshexec-serve`,
    file: `${projectDirectory}/build/native/dshexec-serve`,
    isNative: true,
  },
  {
    title: 'the TypeScript runner',
    program: `${process.execPath} ${projectDirectory}/dist/dshexec.js`,
    file: `${projectDirectory}/dist/dshexec.js`,
    isNative: false,
  },
].filter(({ file }) => existsSync(file));

let lab: Lab | NetnsLab;
let before: readonly ProcessIdentity[];
let jobNumber = 0;
let slowestMs = 0;

interface Job {
  readonly call: Call;
  readonly variable: string;
}

/** Starts a command on h2 and returns when it has done what it does. */
async function startJob(what: What): Promise<Job> {
  const job = await startScript(commands[what]);
  if (what === 'is stopped') {
    for (const each of processesOf(job)) signalProcess(each, 'SIGSTOP');
  }
  return job;
}

async function startScript(script: string): Promise<Job> {
  jobNumber += 1;
  const variable = `DSH_TEST_JOB=${process.pid}-${jobNumber}`;
  const [name, value] = variable.split('=');
  const call = callDsh(lab, ['-H', 'h2', 'sh', '-c', script], { [name!]: value });
  await waitUntil('the command to be up', () => call.output() === 'up\n');
  return { call, variable };
}

/** The processes of a job on its node, wherever they hang. */
function processesOf({ call, variable }: Job): readonly ProcessIdentity[] {
  const client = [call.child.pid, call.client()?.pid];
  return findByVariable(variable).filter(({ pid }) => !client.includes(pid));
}

/** All that is on the node and was not there before, whatever it is. */
function newcomers(): readonly ProcessIdentity[] {
  const known = new Set(before.map(({ pid }) => pid));
  return lab
    .host('h2')
    .processes()
    .filter(({ pid }) => !known.has(pid));
}

/** By both ways, each process once. */
function remains(jobs: readonly Job[]): readonly ProcessIdentity[] {
  const found = [...newcomers(), ...jobs.flatMap(processesOf)];
  return [...new Map(found.map((each) => [each.pid, each])).values()];
}

async function expectGone(job: Job): Promise<void> {
  const beganMs = performance.now();
  await expectNothingLeft([job], GONE_DEADLINE_MS);
  slowestMs = Math.max(slowestMs, performance.now() - beganMs);
}

async function expectNothingLeft(jobs: readonly Job[], deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs;
  await waitUntil(
    'the processes of the job to be gone',
    () => remains(jobs).length === 0,
    deadlineMs,
  );
  await waitUntil(
    'its reservation to be gone',
    async () => (await readJobs(lab.host('h2'))) === 0,
    Math.max(0, end - performance.now()),
  );
}

async function expectLost({ call }: Job): Promise<void> {
  // Who stopped with its command reads the news when it is woken, as by a shell's `fg`.
  call.wake();
  const { status, stderr } = await call.end;
  expect(stderr).toMatch(/^dsh: [^\n]+\n$/);
  expect(status).toBe(exitStatuses.lost);
}

describeWith(['openssh-server', 'openssh-client', 'iproute2'], 'nothing is left of a job', () => {
  describe.each(runners)('by $title', ({ title, program, isNative }) => {
    beforeAll(async () => {
      slowestMs = 0;
      lab = await startTwoHosts({ dshexec: program });
    });
    afterAll(async () => {
      console.log(`${title}: gone after ${slowestMs.toFixed(0)} ms, goal ${GONE_GOAL_MS} ms`);
      await lab.close();
    });

    beforeEach(async () => {
      await warmUp(lab);
      before = lab.host('h2').processes();
    });

    describe('after SIGKILL of dsh', () => {
      test.each(rowsOf('dsh', isNative))('when the command %s', async (what) => {
        const job = await startJob(what);
        signalProcess(job.call.client(), 'SIGKILL');
        await expectGone(job);
        job.call.wake();
        expect(await job.call.end).toMatchObject({ signal: 'SIGKILL', stderr: '' });
      });
    });

    const killed: readonly Party[] = ['agent', 'ssh client', 'connection', 'runner', 'supervisor'];
    describe.each(killed.filter((party) => rowsOf(party, isNative).length > 0))(
      'after SIGKILL of the %s',
      (party) => {
        test.each(rowsOf(party, isNative))('when the command %s', async (what) => {
          const job = await startJob(what);
          signalProcess(findParty(lab, party), 'SIGKILL');
          await expectGone(job);
          await expectLost(job);
        });
      },
    );

    describe('after its own end', () => {
      test.each([
        ['with a status', 'exit 7', { status: 7, signal: null }],
        ['by a signal', 'kill -KILL $$', { status: null, signal: 'SIGKILL' as const }],
      ])('%s, save what has a session of its own', async (_, ending, expected) => {
        // The children hold stdout open, and one of them does not care for SIGTERM.
        const script = `${forever} & (trap '' TERM; exec ${forever}) &
          (setsid sh -c 'echo up; exec ${forever}' &); read line; ${ending}`;
        const job = await startScript(script);
        job.call.child.stdin!.end('\n');
        expect(await job.call.end).toMatchObject({ ...expected, stderr: '' });
        await waitUntil(
          'the daemon alone to be left',
          () => remains([job]).length === 1,
          GONE_DEADLINE_MS,
        );
        const [daemon] = remains([job]);
        expect(readArguments(daemon!.pid)).toEqual(forever.split(' '));
        signalProcess(daemon!, 'SIGKILL');
        await expectGone(job);
      });
    });

    // All commands at once: it takes its time to find out.
    test.runIf(hasNamespaces)('after its cable was cut', async () => {
      const rows = rowsOf('connection', isNative);
      const jobs = await Promise.all(rows.map(startJob));
      const node = (lab as NetnsLab).host('h2');
      await node.cut();
      try {
        const cutMs = performance.now();
        await expectNothingLeft(jobs, SILENCE_MS_MAX + GONE_DEADLINE_MS);
        for (const { call } of jobs) call.wake();
        await waitUntil(
          'dsh to have a verdict',
          () => jobs.every(({ call }) => call.hasEnded()),
          cutMs + SILENCE_MS_MAX + GONE_DEADLINE_MS - performance.now(),
        );
        for (const job of jobs) await expectLost(job);
      } finally {
        await node.mend();
      }
    });
  });
});

/**
 * Not all of it can be promised. A supervisor that is killed leaves what has a session of its own;
 * the TypeScript runner has no supervisors, and a daemon has no parent by which it could be found.
 */
function rowsOf(party: Party | 'dsh', isNative: boolean): readonly What[] {
  const daemons: readonly What[] = ['has become a daemon', 'has a child with a session of its own'];
  if (isNative) return party === 'supervisor' ? without(daemons) : whats;
  return party === 'runner' || party === 'supervisor' ? [] : without(['has become a daemon']);
}

function without(left: readonly What[]): readonly What[] {
  return whats.filter((what) => !left.includes(what));
}
