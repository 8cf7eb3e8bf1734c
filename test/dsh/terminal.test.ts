/** At a terminal that script(1) makes, with the test as agent and node. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { waitUntil } from '../../lab/wait.ts';
import { capabilities } from '../../src/core/wire/frame.ts';
import { ending, prepareClient } from './client.ts';
import { type Client, startTestAgent, type TestAgent } from './test-agent.ts';

const dsh = await prepareClient();
let agent: TestAgent;

beforeEach(async () => {
  agent = await startTestAgent(dsh.environment['DSH_AGENT']!);
});
afterEach(() => agent.close());

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const STDIN = 0b001;
const STDOUT = 0b010;
const STDERR = 0b100;

/** Runs a line of shell at a terminal; what is written to the child's stdin is typed. */
function atTerminal(line: string): ChildProcess {
  return dsh.shell(`exec script -qec ${quote(line)} /dev/null`);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

async function started(able: number = capabilities.terminals): Promise<Client> {
  const client = await agent.accept();
  client.send({ type: 'hello', version: 1, capabilities: able });
  client.send({ type: 'placed', node: 'h2' });
  client.send({ type: 'started', pid: 7 });
  return client;
}

/** What a terminal shows when the command has said that it reads. */
async function shown(child: ChildProcess, text: string): Promise<void> {
  let seen = '';
  for await (const piece of child.stdout!.iterator({ destroyOnReturn: false })) {
    seen += String(piece);
    if (seen.includes(text)) return;
  }
  throw new Error(`${text} was not shown, but: ${seen}`);
}

describe('which descriptors are a terminal', () => {
  test.each([
    ['$DSH ls', STDIN | STDOUT | STDERR, 0],
    ['$DSH ls | cat', STDIN | STDERR, 0],
    ['echo | $DSH ls', STDOUT | STDERR, 0],
    ['$DSH ls <&- 2>/dev/null', STDOUT, STDIN | STDERR],
    ['$DSH -n ls', STDOUT | STDERR, STDIN],
    ['$DSH -T ls', 0, 0],
    ['$DSH -t ls </dev/null >/dev/null', STDIN | STDOUT | STDERR, 0],
    ['$DSH ls >/dev/tty', STDIN | STDOUT | STDERR, 0],
  ])('%s', async (line, terminals, devNull) => {
    const child = atTerminal(line);
    const client = await agent.accept();
    client.send({ type: 'exited', status: 0 });
    await ending(child);
    const { command } = client;
    expect({ terminals: command.terminals, devNull: command.devNull | command.closed }).toEqual({
      terminals,
      devNull,
    });
    expect(command.modes !== undefined).toBe(terminals !== 0);
  });

  test('without one here, -t asks for one all the same', async () => {
    const child = dsh.start(['-t', 'ls']);
    const client = await agent.accept();
    client.send({ type: 'exited', status: 0 });
    await ending(child);
    expect(client.command).toMatchObject({ terminals: 7, modes: undefined, window: undefined });
  });
});

describe('a terminal', () => {
  test('has its modes and its size there', async () => {
    const child = atTerminal('stty rows 12 columns 34 intr ^A; $DSH ls');
    const client = await agent.accept();
    client.send({ type: 'exited', status: 0 });
    await ending(child);
    expect(client.command.window).toMatchObject({ rows: 12, columns: 34 });
    // VINTR is the first of c_cc.
    expect(client.command.modes![17]).toBe(1);
  });

  test('is raw while the command has it, and then as before', async () => {
    const child = atTerminal('stty -g >modes; $DSH cat; stty -g | cmp modes && echo the same');
    const client = await started();
    // What is shown shows that the terminal was taken.
    client.send({ type: 'data', stream: 1, bytes: bytes('a\nb\r\n') });
    await shown(child, 'b');
    child.stdin!.write('\x03\r\x1a');
    let typed = '';
    while (typed.length < 3) typed += Buffer.from((await client.expect('data')).bytes).toString();
    expect(typed).toBe('\x03\r\x1a');
    client.send({ type: 'data', stream: 1, bytes: bytes('c\nd\r\n') });
    client.send({ type: 'exited', status: 0 });
    expect(await ending(child)).toMatchObject({ stdout: 'c\nd\r\nthe same\r\n' });
  });

  test.each([
    ['is lost', (client: Client) => client.send({ type: 'lost', pid: 7, message: 'gone' }), 123],
    ['loses its agent', (client: Client) => client.destroy(), 123],
    ['dies', (client: Client) => client.send({ type: 'signalled', signal: 15 }), 143],
  ])('is as before when the command %s', async (_, end, status) => {
    const child = atTerminal(
      'stty -g >modes; $DSH cat; echo "status $?"; stty -g | cmp modes && echo the same',
    );
    const client = await started();
    child.stdin!.write('x');
    await client.expect('data');
    end(client);
    const { stdout } = await ending(child);
    expect(stdout).toContain(`status ${status}\r\n`);
    expect(stdout).toContain('the same\r\n');
  });

  test('in a pipeline keeps its modes: lines are typed, and ^D is a key', async () => {
    const child = atTerminal('stty -g >modes; $DSH sort | cat; stty -g | cmp modes && echo same');
    const client = await started();
    client.send({ type: 'data', stream: 1, bytes: bytes('up\n') });
    await shown(child, 'up\r\n');
    child.stdin!.write('one\n');
    expect((await client.expect('data')).bytes).toEqual(bytes('one\n'));
    child.stdin!.write('\x04');
    expect((await client.expect('data')).bytes).toEqual(bytes('\x04'));
    client.send({ type: 'exited', status: 0 });
    expect((await ending(child)).stdout).toMatch(/same\r\n$/);
  });

  test('on a node without terminals is none: ^C is a signal, and ^D an end', async () => {
    const child = atTerminal('$DSH cat');
    const client = await started(0);
    client.send({ type: 'data', stream: 1, bytes: bytes('up\n') });
    await shown(child, 'up\r\n');
    child.stdin!.write('\x03');
    expect(await client.expect('signal')).toEqual({ type: 'signal', signal: 2 });
    child.stdin!.write('\x04');
    await client.expect('eof');
    client.send({ type: 'exited', status: 0 });
    await ending(child);
  });

  test('that is asked for ends its input with the key, twice within a line', async () => {
    const child = dsh.shell('printf "a\\nb" | $DSH -t cat');
    const client = await started();
    expect((await client.expect('data')).bytes).toEqual(bytes('a\nb'));
    expect((await client.expect('data')).bytes).toEqual(bytes('\x04\x04'));
    client.send({ type: 'exited', status: 0 });
    await ending(child);
    expect(client.frames.some(({ type }) => type === 'eof')).toBe(false);
  });
});

describe('a stop', () => {
  test('that is forwarded comes back as one, and waking up is forwarded', async () => {
    const child = dsh.shell('echo | $DSH cat & echo $!; wait $!');
    const client = await started();
    // A stop that comes before the client has heard STARTED is the client's own.
    await client.expect('data');
    const [pid] = await new Promise<string[]>((resolve) => {
      child.stdout!.once('data', (piece: Buffer) => resolve(String(piece).split('\n')));
    });
    process.kill(Number(pid), 'SIGTSTP');
    expect(await client.expect('signal')).toEqual({ type: 'signal', signal: 20 });
    client.send({ type: 'stopped', signal: 19 });
    await stateOf(Number(pid), 'T');
    process.kill(Number(pid), 'SIGCONT');
    expect(await client.expect('signal')).toEqual({ type: 'signal', signal: 18 });
    client.send({ type: 'exited', status: 0 });
    await ending(child);
  });
});

async function stateOf(pid: number, state: string): Promise<void> {
  await waitUntil(`process ${pid} to be ${state}`, () =>
    readFileSync(`/proc/${pid}/stat`, 'latin1').includes(`) ${state} `),
  );
}
