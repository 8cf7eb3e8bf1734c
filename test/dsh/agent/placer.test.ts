import { hostname, userInfo } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startDaemon } from './scene/daemon.ts';
import { makePrograms, type Programs, type Scene, startScene } from './scene/scene.ts';

let programs: Programs;
let scene: Scene;
beforeAll(async () => {
  programs = await makePrograms();
});
afterEach(() => scene.close());
afterAll(() => programs.remove());

test('the request’s wishes reach the daemon', async () => {
  scene = await startScene(programs, ['h2', 'h3', 'h4']);
  const wishes = { only: ['h3', 'h4'], exclude: ['h2'], cpus: 2, memoryBytes: 4096 };
  expect(await scene.run('true', wishes).take('placed')).toMatchObject({ node: 'h3' });
  const asked = await scene.daemon.asked.take(({ op }) => op === 'place', 'place');
  expect(asked).toMatchObject({ wishes: { ...wishes, order: [] } });
});

describe('what the daemon may show of a command', () => {
  const user = userInfo().username;
  test.each([
    ['', '/bin/sh -c true'],
    ['command', '/bin/sh -c true'],
    ['program', '/bin/sh'],
    ['nothing', ''],
    ['noting', ''],
  ])('with DSH_SHOW=%s', async (show, command) => {
    scene = await startScene(programs, ['h2']);
    const client = scene.run('true', { shellVariables: [`DSH_SHOW=${show}`], callerPid: 4711 });
    await client.takeEnd();
    const asked = await scene.daemon.asked.take(({ op }) => op === 'place', 'place');
    expect(asked).toMatchObject({ label: { user, command, callerPid: 4711 } });
  });

  test('is no more than the first words of a long one', async () => {
    scene = await startScene(programs, ['h2']);
    await scene.run(`true ${'x'.repeat(100_000)}`).takeEnd();
    const asked = await scene.daemon.asked.take(({ op }) => op === 'place', 'place');
    expect(asked).toMatchObject({ label: { command: `/bin/sh -c true ${'x'.repeat(104)}` } });
  });
});

test('the ranking is shown with -vv', async () => {
  scene = await startScene(programs, ['h2', 'h3']);
  const client = scene.run('true', { verbosity: 2 });
  await client.takeEnd();
  const notices = client.frames.all.flatMap((one) => (one.type === 'notice' ? [one.message] : []));
  expect(notices.join('\n')).toMatch(/h2 .*\n.*h3 /);
});

test('a daemon that refuses says why', async () => {
  scene = await startScene(programs, []);
  expect(await scene.run('true').takeEnd()).toEqual({
    type: 'failed',
    reason: 'no-node',
    message: 'no node is left',
  });
});

describe('without a daemon', () => {
  test('commands run here, which each session is told once', async () => {
    scene = await startScene(programs, ['h2']);
    await scene.daemon.close();
    const first = scene.run('true', { session: 7 });
    expect(await first.take('run-here')).toMatchObject({ node: hostname() });
    expect(await first.take('notice')).toEqual({
      type: 'notice',
      message: `no dshd answers at ${scene.daemonPath}; running here`,
    });
    const second = scene.run('true', { session: 7 });
    await second.take('run-here');
    expect(second.frames.all.some(({ type }) => type === 'notice')).toBe(false);
    await scene.run('true', { session: 8 }).take('notice');
  });

  test.each([
    ['--require-cluster', { requireCluster: true }],
    ['-H', { only: ['h2'] }],
    ['--rank', { order: ['h2'] }],
    ['-x with our own name', { exclude: [hostname()] }],
  ])('%s fails', async (_option, wishes) => {
    scene = await startScene(programs, ['h2']);
    await scene.daemon.close();
    expect(await scene.run('true', wishes).takeEnd()).toMatchObject({ reason: 'no-node' });
  });
});

test('a daemon that is started anew is found again', async () => {
  scene = await startScene(programs, ['h2']);
  expect(await scene.run('exit 3').takeEnd()).toMatchObject({ status: 3 });
  await scene.daemon.close();
  await scene.run('true').take('run-here');
  const next = await startDaemon(scene.daemonPath, ['h3']);
  expect(await scene.run('true').take('placed')).toMatchObject({ node: 'h3' });
  await next.close();
});

describe('an answer of another daemon', () => {
  test('is followed in its order, past what cannot be reached', async () => {
    scene = await startScene(programs, ['h9']);
    const client = scene.run('exit 3', { unmanaged: true, order: ['refusing', 'h2', 'h3'] });
    expect(await client.take('placed')).toMatchObject({ node: 'h2' });
    expect(await client.takeEnd()).toMatchObject({ status: 3 });
    expect(scene.daemon.asked.all).toEqual([]);
  });

  test('ends with the last reason when it is used up', async () => {
    scene = await startScene(programs, ['h9']);
    const end = await scene.run('true', { unmanaged: true, order: ['refusing'] }).takeEnd();
    expect(end).toHaveProperty('message', expect.stringMatching(/^refusing: ssh: connect/));
  });
});
