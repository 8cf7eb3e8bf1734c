import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makePrograms, type Programs, type Scene, startScene } from './scene/scene.ts';
import { eventually } from '../../support/eventually.ts';

let programs: Programs;
let scene: Scene;
beforeAll(async () => {
  programs = await makePrograms();
});
afterEach(() => scene.close());
afterAll(() => programs.remove());

async function expectReservationsEnded(): Promise<void> {
  await scene.daemon.told.take(({ op }) => op === 'ended', 'ended');
  expect(scene.daemon.liveJobs()).toBe(0);
}

describe('a command that is placed on another node', () => {
  test('is told where it went, that it started, what it prints and how it ended', async () => {
    scene = await startScene(programs, ['h2']);
    const client = scene.run('echo out; echo err >&2; exit 5');
    expect(await client.take('placed')).toMatchObject({ node: 'h2' });
    expect((await client.take('started')).pid).toBeGreaterThan(0);
    expect(await client.takeEnd()).toMatchObject({ type: 'exited', status: 5 });
    await client.closed;
    expect(client.output(1)).toBe('out\n');
    expect(client.output(2)).toBe('err\n');
    const started = await scene.daemon.told.take(({ op }) => op === 'started', 'started');
    expect(started).toHaveProperty('pid', expect.any(Number));
    const ended = await scene.daemon.told.take(({ op }) => op === 'ended', 'ended');
    expect(ended).toHaveProperty('outcome', '5');
    expect(scene.daemon.liveJobs()).toBe(0);
  });

  test('gets its input and its signals', async () => {
    scene = await startScene(programs, ['h2']);
    const client = scene.run('read -r word; echo "got $word"; sleep 60');
    await client.take('started');
    client.send({ type: 'data', stream: 0, bytes: Buffer.from('bread\n') });
    await client.takeOutput('got bread');
    client.send({ type: 'signal', signal: 9 });
    expect(await client.takeEnd()).toMatchObject({ type: 'signalled', signal: 9 });
    const ended = await scene.daemon.told.take(({ op }) => op === 'ended', 'ended');
    expect(ended).toHaveProperty('outcome', 'SIGKILL');
  });

  test('that the node cannot start is not tried elsewhere', async () => {
    scene = await startScene(programs, ['h2', 'h3']);
    const client = scene.run('', {}, '/no/such/directory');
    expect(await client.takeEnd()).toMatchObject({
      type: 'failed',
      reason: 'no-directory',
      message: expect.stringMatching(/^h2: .*\/no\/such\/directory/) as string,
    });
    expect(scene.daemon.asked.all).toHaveLength(1);
    await expectReservationsEnded();
  });
});

describe('a command that is placed here', () => {
  test('is run by its client, whose open socket is the lease', async () => {
    scene = await startScene(programs, ['here']);
    const client = scene.run('true');
    expect(await client.take('run-here')).toMatchObject({ node: 'here' });
    await scene.daemon.told.take(({ op }) => op === 'started', 'started');
    expect(scene.daemon.liveJobs()).toBe(1);
    client.close();
    await expectReservationsEnded();
  });
});

describe('a node that cannot be reached', () => {
  test('is passed over in silence', async () => {
    scene = await startScene(programs, ['refusing', 'nologin', 'h3']);
    const client = scene.run('exit 3');
    expect(await client.take('placed')).toMatchObject({ node: 'h3' });
    expect(await client.takeEnd()).toMatchObject({ type: 'exited', status: 3 });
    expect(client.frames.all.some((frame) => frame.type === 'notice')).toBe(false);
    const unreachable = scene.daemon.told.all.filter(({ op }) => op === 'unreachable');
    expect(unreachable).toHaveLength(2);
    await expectReservationsEnded();
  });

  test('is named with -v', async () => {
    scene = await startScene(programs, ['refusing', 'h3']);
    const client = scene.run('true', { verbosity: 1 });
    expect(await client.take('notice')).toMatchObject({
      message:
        'refusing: ssh: connect to host refusing port 22: Connection refused; trying another node',
    });
    expect(await client.takeEnd()).toMatchObject({ type: 'exited' });
  });

  test('is the reason of the failure when it was the last', async () => {
    scene = await startScene(programs, ['nologin', 'refusing']);
    expect(await scene.run('true').takeEnd()).toEqual({
      type: 'failed',
      reason: 'no-node',
      message: 'refusing: ssh: connect to host refusing port 22: Connection refused',
    });
  });

  test('hands the command to this machine when that is the next best', async () => {
    scene = await startScene(programs, ['refusing', 'here']);
    expect(await scene.run('true').take('run-here')).toMatchObject({ node: 'here' });
  });

  test.each([
    ['nologin', 'nologin: This account is currently not available.'],
    ['speaks-version-99', 'speaks-version-99: its dshexec speaks protocol 99, this dsh 1:'],
    ['roaring', 'roaring: what answers there is not dshexec: it printed something else first'],
  ])('%s is explained', async (node, message) => {
    scene = await startScene(programs, [node]);
    const end = await scene.run('true').takeEnd();
    expect(end).toMatchObject({ type: 'failed', reason: 'no-node' });
    expect(end).toHaveProperty('message', expect.stringContaining(message));
  });

  test('hangs only until the deadline', async () => {
    scene = await startScene(programs, ['hung', 'h2'], 1500);
    const client = scene.run('exit 4', { verbosity: 1 });
    const { message } = await client.take('notice');
    expect(message).toMatch(/^hung: it did not answer within 1.5 s/);
    expect(await client.takeEnd()).toMatchObject({ type: 'exited', status: 4 });
    const pid = Number(readFileSync(programs.hungPidFile, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  test('whose remote shell does not exist is explained', async () => {
    scene = await startScene(programs, ['h2']);
    const end = await scene.run('true', { remoteShell: ['/no/such/rsh'] }).takeEnd();
    expect(end).toHaveProperty('message', expect.stringContaining('cannot run /no/such/rsh'));
  });
});

describe('a channel that is cut', () => {
  test.each([
    ['dies-at-start', 0],
    ['dies-when-started', 4242],
    ['dies-after-output', 4242],
    ['sends-garbage', 0],
  ])('leaves the outcome unknown: %s', async (node, pid) => {
    scene = await startScene(programs, [node, 'h2']);
    const end = await scene.run('true').takeEnd();
    expect(end).toMatchObject({ type: 'lost', pid });
    expect(end).toHaveProperty('message', expect.stringContaining(`${node}: contact was lost`));
    await expectReservationsEnded();
  });

  test('by the death of the real runner is noticed', async () => {
    scene = await startScene(programs, ['h2']);
    const client = scene.run('echo "runner $PPID."; sleep 60');
    const { pid } = await client.take('started');
    const runner = Number(/runner (\d+)/.exec(await client.takeOutput('.\n'))![1]);
    process.kill(runner, 'SIGKILL');
    expect(await client.takeEnd()).toMatchObject({ type: 'lost', pid });
    process.kill(-pid, 'SIGKILL');
  });

  test.each(['dies-at-start', 'dies-when-started'])(
    'lets a command with --retry run again: %s',
    async (node) => {
      scene = await startScene(programs, [node, 'h2']);
      const client = scene.run('read -r word || echo "end of input"', { retries: 1 });
      client.send({ type: 'eof', stream: 0 });
      expect((await client.take('notice')).message).toMatch(/^dies-.*running it again$/);
      expect(await client.takeEnd()).toMatchObject({ type: 'exited', status: 0 });
      expect(client.output(1)).toBe('end of input\n');
      expect(client.frames.all.filter(({ type }) => type === 'started')).toHaveLength(1);
    },
  );

  test('hands input that no run has seen to the next run', async () => {
    scene = await startScene(programs, ['dies-at-start', 'h2']);
    const client = scene.run('read -r word; echo "got $word"', { retries: 1 });
    await client.take('notice');
    client.send({ type: 'data', stream: 0, bytes: Buffer.from('bread\n') });
    await client.takeOutput('got bread');
  });

  test.each([
    ['dies-after-output', 'output was passed on', undefined],
    ['dies-on-input', 'input was consumed', { type: 'data', stream: 0, bytes: Buffer.from('x') }],
    ['dies-on-signal', 'a signal was delivered', { type: 'signal', signal: 15 }],
  ] as const)('is not repeated after %s: %s', async (node, _why, said) => {
    scene = await startScene(programs, [node, 'h2']);
    const client = scene.run('true', { retries: 3 });
    await client.take('started');
    if (said) client.send(said);
    expect(await client.takeEnd()).toMatchObject({ type: 'lost', pid: 4242 });
  });

  test('is not repeated more often than was asked for', async () => {
    scene = await startScene(programs, ['dies-at-start', 'dies-when-started', 'h2']);
    expect(await scene.run('true', { retries: 1 }).takeEnd()).toMatchObject({ type: 'lost' });
  });

  test('is not repeated here by a client that reads its input already', async () => {
    scene = await startScene(programs, ['dies-when-started', 'here', 'h2']);
    const client = scene.run('exit 6', { retries: 1 });
    expect(await client.takeEnd()).toMatchObject({ type: 'exited', status: 6 });
    expect(client.frames.all.some(({ type }) => type === 'run-here')).toBe(false);
  });

  test('remains the verdict when no other node can be reached', async () => {
    scene = await startScene(programs, ['dies-when-started', 'refusing']);
    expect(await scene.run('true', { retries: 1 }).takeEnd()).toMatchObject({ type: 'lost' });
  });
});

describe('a client that is gone', () => {
  test('takes its command and all that it started with it', async () => {
    scene = await startScene(programs, ['h2']);
    const client = scene.run('sleep 60 & echo "child $!."; wait');
    const child = Number(/child (\d+)/.exec(await client.takeOutput('.\n'))![1]);
    client.close();
    await expectReservationsEnded();
    await eventually(() => expect(() => process.kill(child, 0)).toThrow('ESRCH'));
    expect(scene.agent.counts()).toEqual({ clients: 0, channels: 1, jobs: 0 });
  });

  test('while the node is being connected gives the reservation back', async () => {
    scene = await startScene(programs, ['hung']);
    const client = scene.run('true');
    await scene.daemon.asked.take(({ op }) => op === 'place', 'place');
    await eventually(() => expect(scene.daemon.liveJobs()).toBe(1));
    client.close();
    await expectReservationsEnded();
  });
});

test('a runner that speaks of other commands disturbs nobody', async () => {
  scene = await startScene(programs, ['talks-too-much']);
  const ends = [scene.run('true'), scene.run('true')].map((client) => client.takeEnd());
  expect(await Promise.all(ends)).toMatchObject([{ status: 7 }, { status: 7 }]);
});

test('a reader that is slow stalls its own command only', async () => {
  scene = await startScene(programs, ['h2']);
  const slow = scene.run('head -c 4000000 /dev/zero; echo done >&2');
  await slow.take('started');
  const quick = scene.run('head -c 100000 /dev/zero | wc -c');
  expect(await quick.takeOutput('\n')).toBe('100000\n');
  expect(await quick.takeEnd()).toMatchObject({ status: 0 });
  let bytes = 0;
  while (bytes < 4_000_000) {
    const { stream, bytes: piece } = await slow.take('data');
    bytes += piece.length;
    slow.send({ type: 'credit', stream, bytes: piece.length });
  }
  expect(await slow.takeEnd()).toMatchObject({ status: 0 });
});

test('three hundred commands at once end well and leave nothing behind', async () => {
  scene = await startScene(programs, ['h2']);
  const clients = Array.from({ length: 300 }, (_, index) => scene.run(`echo ${index}`));
  const ends = await Promise.all(clients.map((client) => client.takeEnd()));
  expect(ends.every((end) => end.type === 'exited' && end.status === 0)).toBe(true);
  expect(clients.map((client) => client.output(1))).toEqual(
    clients.map((_, index) => `${index}\n`),
  );
  await Promise.all(clients.map((client) => client.closed));
  await eventually(() => {
    expect(scene.agent.counts()).toEqual({ clients: 0, channels: 1, jobs: 0 });
    expect(scene.daemon.liveJobs()).toBe(0);
  });
});
