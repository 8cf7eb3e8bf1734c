/** `dshctl trace`, in a cluster with real daemons, ssh and jobs. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import type { CommandResult } from '../../lab/command.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import type { TraceEvent } from '../../src/dshctl/trace-events.ts';
import { describeWith } from '../support/lab-requirements.ts';

let lab: Lab;
let directory: string;

function sh(text: string): Promise<CommandResult> {
  return lab.runFrom('h1', ['sh', '-c', text], { directory });
}

function readTrace(): TraceEvent[] {
  const text = readFileSync(join(directory, 't.json'), 'utf8');
  return (JSON.parse(text) as { traceEvents: TraceEvent[] }).traceEvents;
}

describeWith(['openssh-server', 'openssh-client'], 'dshctl trace', () => {
  beforeAll(async () => {
    lab = await startLoopbackLab({ hosts: 3 });
  });
  afterAll(() => lab.close());
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dsh-trace-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test('makes lanes of what a build ran, and ends as it did', async () => {
    const build = 'seq 12 | xargs -P6 -n1 sh -c "dsh -x h1 sleep 0.2"; exit 5';
    const traced = await sh(`dshctl trace -o t.json sh -c '${build}'`);
    expect(traced).toMatchObject({
      status: 5,
      stderr: expect.stringMatching(/12 jobs in t.json/),
    });
    const traceEvents = readTrace();
    const jobs = traceEvents.filter(({ ph }) => ph === 'X');
    expect(jobs.map(({ name }) => name)).toEqual(Array.from({ length: 12 }, () => 'sleep 0.2'));
    for (const { dur } of jobs) expect(dur).toBeGreaterThan(0);
    const titles = traceEvents.filter(({ ph }) => ph === 'M').map(({ args }) => args['name']);
    expect(titles).toEqual(['h2', 'h3']);
    expectLanesApart(jobs);
    expect((await sh('dshctl trace')).stdout).toContain('"traceEvents":[');
    expect(await sh('dshctl trace --user nobody-here')).toMatchObject({
      status: 1,
      stderr: 'dshctl: no job was placed, so there is nothing to be traced\n',
    });
  });

  test.each([
    ['places no job', "sh -c 'exit 7'", 7, /^dshctl: no job was placed, so the trace is empty\n/],
    ['dies of a signal', "sh -c 'kill -KILL $$'", 137, /no job was placed/],
    ['is not there', 'no-such-command', 127, /^dshctl: no-such-command: no such command\n/],
    ['cannot be run', './t.json', 126, /^dshctl: .\/t.json: it cannot be run: EACCES\n/],
  ])('of a command that %s ends as it does', async (_, words, status, message) => {
    await sh('touch t.json');
    const traced = await sh(`dshctl trace ${words}`);
    expect(traced).toMatchObject({ status, stderr: expect.stringMatching(message) });
    expect(JSON.parse(traced.stdout)).toMatchObject({ traceEvents: [] });
  });

  test('passes on what ends it, and tells what was done', async () => {
    const script = `dshctl trace -o t.json -- dsh -H h2 sh -c 'echo >begun; exec sleep 1000' &
      until [ -e begun ]; do sleep 0.01; done; kill -TERM $!; wait $!; echo $?`;
    expect((await sh(script)).stdout).toBe('143\n');
    const [, { args } = {}] = readTrace();
    expect(args).toMatchObject({ outcome: 'SIGTERM' });
    expect((await sh('dshctl jobs')).stdout).toBe('');
  });

  test.each([
    ['-o /none/t.json', /^dshctl: -o \/none\/t.json: it cannot be written \(ENOENT\): .*\n$/],
    ['--node h9', /^dshctl: h9: no node of the cluster has that name\n$/],
  ])('with %s is wrong before anything is run', async (words, message) => {
    const traced = await sh(`dshctl trace ${words} touch was-run`);
    expect(traced).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
    expect(existsSync(join(directory, 'was-run'))).toBe(false);
  });
});

/** Of the jobs in one lane of one node, each begins after the one before has ended. */
function expectLanesApart(jobs: readonly TraceEvent[]): void {
  const laneOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  for (const lane of new Set(jobs.map(laneOf))) {
    const own = jobs.filter((job) => laneOf(job) === lane);
    const sorted = own.toSorted((a, b) => a.ts! - b.ts!);
    for (const [index, { ts, dur }] of sorted.slice(0, -1).entries()) {
      expect(sorted[index + 1]!.ts!).toBeGreaterThanOrEqual(ts! + dur! - 1);
    }
  }
}
