/** The daemon's Unix socket, with clients that ask much and read little. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type LocalSocket, openLocalSocket } from '../../src/dshd/local-socket.ts';
import { eventually } from '../support/eventually.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();
/** As long as the answer is in a cluster of a thousand nodes. */
const reason = 'x'.repeat(300_000);
const QUESTIONS = 200;

/** Answers each question at once, at length, and counts them. */
async function openTestSocket(path: string): Promise<{ asked(): number }> {
  let asked = 0;
  const local: LocalSocket = await openLocalSocket(path, {
    onOpen: () => {},
    onRequest(client, request) {
      asked += 1;
      if (!('id' in request)) return;
      local.reply(client, { op: 'refused', id: request.id, reason, ranking: [] });
    },
    onClose: () => {},
  });
  onTestFinished(() => local.close());
  return { asked: () => asked };
}

test('who does not read is answered a little, and all when it reads', async () => {
  const path = join(folder, 'slow.sock');
  const socket = await openTestSocket(path);
  const client = connect({ path, allowHalfOpen: true });
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  client.pause();
  const questions = Array.from({ length: QUESTIONS }, (_, id) => `{"op":"nodes","id":${id}}\n`);
  client.end(questions.join(''));
  await eventually(() => expect(socket.asked()).toBeGreaterThan(0));
  // It is not asked more in a later turn, either.
  const other = connect(path);
  await once(other, 'connect');
  other.write('{"op":"nodes","id":1}\n');
  await once(other, 'data');
  other.destroy();
  expect(socket.asked()).toBeLessThan(20);

  let answers = 0;
  client.setEncoding('latin1').on('data', (text: string) => {
    answers += text.split('\n').length - 1;
  });
  client.resume();
  await once(client, 'end');
  expect(answers).toBe(QUESTIONS);
});

test('a path that is too long is refused, and nothing is bound', async () => {
  const own = join(folder, 'long'.padEnd(107 - folder.length - 4, 'g'));
  await expect(openTestSocket(`${own}/s.sock`)).rejects.toThrow(
    /^the socket path .* has 11\d bytes; at most 107 are possible: choose another with --socket$/,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test('a daemon that is there and accepts nobody keeps its socket', async () => {
  const path = join(folder, 'busy.sock');
  const text = `require('node:net').createServer().listen({path:'${path}',backlog:1},()=>process.kill(process.pid,'SIGSTOP'))`;
  const other = spawn(process.execPath, ['-e', text]);
  onTestFinished(() => void other.kill('SIGKILL'));
  const isStopped = (): boolean => / T /.test(readFileSync(`/proc/${other.pid}/stat`, 'latin1'));
  await eventually(() => expect(isStopped()).toBe(true));
  const waiting = Array.from({ length: 3 }, () => connect(path).on('error', () => {}));
  onTestFinished(() => waiting.forEach((client) => client.destroy()));
  await expect(openTestSocket(path)).rejects.toThrow(
    `cannot use socket ${path}: whoever has it is too busy to answer: choose another with --socket`,
  );
  expect(existsSync(path)).toBe(true);
});
