import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { encodeFrame, STREAM_WINDOW_BYTES } from '../../../src/core/wire/frame.ts';
import { connectClient } from './scene/client.ts';
import { makePrograms, type Programs, type Scene, startScene } from './scene/scene.ts';
import { eventually } from '../../support/eventually.ts';

let programs: Programs;
let scene: Scene;
beforeAll(async () => {
  programs = await makePrograms();
});
afterEach(() => scene.close());
afterAll(() => programs.remove());

async function expectStillServing(): Promise<void> {
  expect(await scene.run('exit 3').takeEnd()).toMatchObject({ status: 3 });
  await eventually(() => expect(scene.agent.counts()).toMatchObject({ clients: 0, jobs: 0 }));
}

test('garbage from a client ends that client', async () => {
  scene = await startScene(programs, ['h2']);
  const client = connectClient(scene.socketPath);
  client.socket.write('GET / HTTP/1.1\r\nHost: agent\r\n\r\n');
  await client.closed;
  await expectStillServing();
});

test('garbage while its command runs ends the command as well', async () => {
  scene = await startScene(programs, ['h2']);
  const client = scene.run('sleep 60');
  await client.take('started');
  client.socket.write(Buffer.alloc(100, 0xff));
  await client.closed;
  await expectStillServing();
});

test('a client of another version is told what to do', async () => {
  scene = await startScene(programs, ['h2']);
  const end = await connectClient(scene.socketPath, 99).takeEnd();
  expect(end).toMatchObject({ type: 'failed', reason: 'bad-request' });
  expect(end).toHaveProperty(
    'message',
    `this dsh speaks protocol 99, its running agent 1: end the agent (kill ${process.pid}) and try again`,
  );
});

test('a client that does not begin with a request is told so', async () => {
  scene = await startScene(programs, ['h2']);
  const client = connectClient(scene.socketPath);
  client.send({ type: 'signal', signal: 2 });
  expect(await client.takeEnd()).toMatchObject({ type: 'failed', reason: 'bad-request' });
  await client.closed;
});

test('a malformed request is told so', async () => {
  scene = await startScene(programs, ['h2']);
  const client = connectClient(scene.socketPath);
  client.send({ type: 'request', fields: Buffer.from('nonsense') });
  expect(await client.takeEnd()).toMatchObject({
    type: 'failed',
    message: expect.stringContaining('malformed request') as string,
  });
});

test('input without measure before the command has started is refused', async () => {
  scene = await startScene(programs, ['hung']);
  const client = scene.run('true');
  const bytes = Buffer.alloc(65_536);
  for (let sent = 0; sent <= STREAM_WINDOW_BYTES; sent += bytes.length) {
    client.send({ type: 'data', stream: 0, bytes });
  }
  expect(await client.takeEnd()).toMatchObject({ type: 'failed', reason: 'bad-request' });
});

test('PING is answered while the command runs', async () => {
  scene = await startScene(programs, ['h2']);
  const client = scene.run('sleep 60');
  await client.take('started');
  client.send({ type: 'ping' });
  await client.take('pong');
});

test('ABANDON ends the command as closing does', async () => {
  scene = await startScene(programs, ['h2']);
  const client = scene.run('sleep 60');
  await client.take('started');
  client.send({ type: 'abandon' });
  await client.closed;
  await expectStillServing();
});

test('frames that only a runner may send are not passed on', async () => {
  scene = await startScene(programs, ['h2']);
  const client = scene.run('read -r word; exit 4');
  await client.take('started');
  client.socket.write(encodeFrame(1, { type: 'exited', status: 0 }));
  client.send({ type: 'eof', stream: 0 });
  expect(await client.takeEnd()).toMatchObject({ type: 'exited', status: 4 });
});
