import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ending, prepareClient } from './client.ts';
import { startTestAgent, type TestAgent } from './test-agent.ts';

const dsh = await prepareClient();
let agent: TestAgent;

beforeEach(async () => {
  agent = await startTestAgent(dsh.environment['DSH_AGENT']!);
});
afterEach(() => agent.close());

describe('a command that runs here', () => {
  test('has our input, output, words and status, and its lease lasts as long', async () => {
    const child = dsh.start(['-v', 'sh', '-c', 'cat; echo err >&2; exit 3']);
    const client = await agent.accept();
    client.send({ type: 'run-here', node: 'h1' });
    let isClosed = false;
    void client.closed.then(() => {
      isClosed = true;
    });
    child.stdin!.write('in');
    await once(child.stdout!, 'readable');
    expect(isClosed).toBe(false);
    child.stdin!.end();
    expect(await ending(child)).toEqual({
      status: 3,
      signal: null,
      stdout: 'in',
      stderr: 'dsh: h1\nerr\n',
    });
    await client.closed;
  });

  test('outlives the agent', async () => {
    const child = dsh.start(['sh', '-c', 'echo ready; cat; exit 4']);
    const client = await agent.accept();
    client.send({ type: 'run-here', node: 'h1' });
    await once(child.stdout!, 'readable');
    client.destroy();
    child.stdin!.end('in');
    expect(await ending(child)).toMatchObject({ status: 4, stdout: 'ready\nin', stderr: '' });
  });

  test('gets the signals that dsh gets, and its death is ours', async () => {
    const child = dsh.start(['sh', '-c', 'echo ready; exec sleep 9']);
    const client = await agent.accept();
    client.send({ type: 'run-here', node: 'h1' });
    await once(child.stdout!, 'readable');
    child.kill('SIGTERM');
    expect(await ending(child)).toMatchObject({ status: null, signal: 'SIGTERM' });
  });

  test.each([
    ['no-such-command', 127, 'dsh: no-such-command: command not found\n'],
    ['/etc/passwd', 126, 'dsh: /etc/passwd: Permission denied\n'],
  ])('%s cannot start: %d', async (word, status, stderr) => {
    const child = dsh.start([word]);
    const client = await agent.accept();
    client.send({ type: 'run-here', node: 'h1' });
    expect(await ending(child)).toMatchObject({ status, stderr });
  });

  test('has its words and variables byte for byte, whatever the bytes', async () => {
    const all = Array.from({ length: 255 }, (_, index) => `\\${(index + 1).toString(8)}`).join('');
    const show = 'printf %s "$1"; printf %s "$STRANGE"; printf %s "$2"';
    const child = dsh.shell(
      `word=$(printf '${all}x'); STRANGE=$(printf '\\377\\n='); export STRANGE
       $DSH sh -c '${show}' sh "$word" "it's"`,
    );
    const client = await agent.accept();
    client.send({ type: 'run-here', node: 'h1' });
    const word = Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1));
    expect(await ending(child)).toMatchObject({
      status: 0,
      stderr: '',
      stdout: `${word.toString('latin1')}x\xff\n=it's`,
    });
  });
});
