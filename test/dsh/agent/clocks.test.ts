import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { encodeCommand, nothingSpecial } from '../../../src/core/wire/command.ts';
import { makePrograms, type Programs, type Scene, startScene } from './scene/scene.ts';

let programs: Programs;
let scene: Scene;
beforeAll(async () => {
  programs = await makePrograms();
});
afterEach(() => scene.close());
afterAll(() => programs.remove());

/** Runs `true`, in a directory on NFS if it has an inode; what the user is told. */
async function noticesOf(session: number, directoryInode: number): Promise<string[]> {
  const command = encodeCommand({
    ...nothingSpecial,
    arguments: [Buffer.from('true')],
    variables: [Buffer.from('PATH=/usr/bin:/bin')],
    directory: Buffer.from('/'),
    umask: 0o022,
    coherence: { limitMs: 1000, directoryInode, knownFiles: [] },
  });
  const client = scene.run('', { command, session });
  expect(await client.takeEnd()).toMatchObject({ type: 'exited', status: 0 });
  const notices = client.frames.all.flatMap((frame) =>
    frame.type === 'notice' ? [frame.message] : [],
  );
  return notices.filter((message) => !message.includes('dshexec'));
}

describe('a node whose clock is wrong', () => {
  const warning =
    "the clock of slow-clock is 2.5 s behind this one's, and make compares times: set the clocks";

  test('is told once in a session', async () => {
    scene = await startScene(programs, ['slow-clock']);
    expect(await noticesOf(1, 0)).toEqual([warning]);
    expect(await noticesOf(1, 0)).toEqual([]);
    expect(await noticesOf(2, 0)).toEqual([warning]);
  });

  test('does not matter on NFS, where the server stamps files', async () => {
    scene = await startScene(programs, ['slow-clock']);
    expect(await noticesOf(1, 4711)).toEqual([]);
    expect(await noticesOf(1, 0)).toEqual([warning]);
  });
});

describe('a file server whose clock is wrong', () => {
  test.each([
    ['stamps-tomorrow', ['ahead of']],
    ['stamps-yesterday', ['behind']],
    ['stamps-now', []],
  ])('%s', async (node, directions) => {
    scene = await startScene(programs, [node]);
    const warnings = directions.map((direction) => {
      const text = `^the clock of the file server is 3600\\.\\d s ${direction} this one's`;
      return expect.stringMatching(text) as string;
    });
    expect(await noticesOf(1, 4711)).toEqual(warnings);
    expect(await noticesOf(1, 4711)).toEqual([]);
  });
});
