import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { encodeCommand, nothingSpecial } from '../../../src/core/wire/command.ts';
import { capabilities } from '../../../src/core/wire/frame.ts';
import type { Client } from './scene/client.ts';
import { makePrograms, type Programs, type Scene, startScene } from './scene/scene.ts';

let programs: Programs;
let scene: Scene;
beforeAll(async () => {
  programs = await makePrograms();
});
afterEach(() => scene.close());
afterAll(() => programs.remove());

/** `true` with terminals, as session `session`. */
function runAtTerminal(terminals: number, session: number): Client {
  const command = encodeCommand({
    ...nothingSpecial,
    arguments: [Buffer.from('true')],
    variables: [Buffer.from('PATH=/usr/bin:/bin')],
    directory: Buffer.from('/'),
    umask: 0o022,
    terminals,
  });
  return scene.run('', { command, session });
}

async function endOf(client: Client): Promise<readonly string[]> {
  const end = await client.takeEnd();
  expect(end).toMatchObject({ type: 'exited', status: 0 });
  return client.frames.all.flatMap((frame) => (frame.type === 'notice' ? [frame.message] : []));
}

test('a client hears what its node can before it hears which node it is', async () => {
  scene = await startScene(programs, ['h2']);
  const client = runAtTerminal(0, 1);
  await endOf(client);
  const told = client.frames.all.map((frame) =>
    frame.type === 'hello' ? `hello ${frame.capabilities}` : frame.type,
  );
  // The first HELLO is the agent's own.
  expect(told.slice(0, 3)).toEqual(['hello 0', `hello ${capabilities.timeouts}`, 'placed']);
});

test('who wants a terminal of a node that has none is told so, once in a session', async () => {
  scene = await startScene(programs, ['h2']);
  expect(await endOf(runAtTerminal(0, 1))).toEqual([]);
  const message = 'h2: its dshexec has no terminals, so the command gets pipes';
  expect(await endOf(runAtTerminal(0b111, 1))).toEqual([message]);
  expect(await endOf(runAtTerminal(0b111, 1))).toEqual([]);
  expect(await endOf(runAtTerminal(0b010, 2))).toEqual([message]);
});
