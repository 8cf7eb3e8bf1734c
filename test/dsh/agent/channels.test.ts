import { readFileSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { makePrograms, type Programs, type Scene, startScene } from './scene/scene.ts';
import { eventually } from '../../support/eventually.ts';

let programs: Programs;
let scene: Scene;
beforeAll(async () => {
  programs = await makePrograms();
});
beforeEach(() => rmSync(programs.callsFile, { force: true }));
afterEach(async () => {
  vi.useRealTimers();
  await scene.close();
});
afterAll(() => programs.remove());

/** The nodes to which the remote shell was called. */
function readCalls(): string[] {
  return readFileSync(programs.callsFile, 'utf8').trimEnd().split('\n');
}

test('commands that want the same node at the same time share one connection', async () => {
  scene = await startScene(programs, ['h2']);
  const clients = Array.from({ length: 20 }, () => scene.run('true'));
  await Promise.all(clients.map((client) => client.takeEnd()));
  expect(readCalls()).toHaveLength(1);
});

test('a connection that fails fails for all that wait for it, and is tried again later', async () => {
  scene = await startScene(programs, ['refusing']);
  const clients = Array.from({ length: 20 }, () => scene.run('true'));
  for (const client of clients) expect(await client.takeEnd()).toMatchObject({ type: 'failed' });
  const calls = readCalls().length;
  await scene.run('true').takeEnd();
  expect(readCalls()).toHaveLength(calls + 1);
  expect(scene.agent.counts().channels).toBe(0);
});

test('a channel is kept from one command to the next', async () => {
  scene = await startScene(programs, ['h2']);
  for (const status of [1, 2, 3]) {
    expect(await scene.run(`exit ${status}`).takeEnd()).toMatchObject({ status });
  }
  expect(readCalls()).toHaveLength(1);
});

test('noise before the preamble is skipped', async () => {
  scene = await startScene(programs, ['noisy']);
  expect(await scene.run('exit 3').takeEnd()).toMatchObject({ status: 3 });
});

test('a channel that died while it was idle is replaced', async () => {
  scene = await startScene(programs, ['h2']);
  const client = scene.run('echo "runner $PPID."');
  const runner = Number(/runner (\d+)/.exec(await client.takeOutput('.\n'))![1]);
  await client.takeEnd();
  process.kill(runner, 'SIGKILL');
  await eventually(() => expect(scene.agent.counts().channels).toBe(0));
  expect(await scene.run('exit 3').takeEnd()).toMatchObject({ status: 3 });
});

test('an idle channel that does not answer is replaced before a command is sent', async () => {
  scene = await startScene(programs, ['answers-no-ping']);
  const first = await runOnce();
  vi.useFakeTimers({ toFake: ['performance'] });
  vi.advanceTimersByTime(60_000);
  const second = await runOnce();
  expect(second).not.toBe(first);
  expect(readCalls()).toHaveLength(2);
});

test('the environment of a new remote shell is that of the caller', async () => {
  scene = await startScene(programs, ['h2']);
  await scene.run('true', { shellVariables: ['SSH_AUTH_SOCK=/callers/own'] }).takeEnd();
  expect(readCalls()).toEqual(['h2 /callers/own']);
});

async function runOnce(): Promise<number> {
  const client = scene.run('true');
  const { pid } = await client.take('started');
  expect(await client.takeEnd()).toMatchObject({ type: 'exited', status: 0 });
  return pid;
}
