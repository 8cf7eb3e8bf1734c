import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unprivileged } from '../support/temporary-folder.ts';
import { ending, prepareClient } from './client.ts';
import { startTestAgent } from './test-agent.ts';

const dsh = await prepareClient();

/** The processes that are agents for `socketPath`. */
function findAgents(socketPath: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^[0-9]+$/.test(entry))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--agent\0${socketPath}\0`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Ends the one agent of a test; its number is the proof that there was one. */
function endAgents(socketPath: string): number {
  const agents = findAgents(socketPath);
  for (const pid of agents) process.kill(pid, 'SIGTERM');
  return agents.length;
}

describe('without an agent', () => {
  test('one is started, in the background and away from our directory', async () => {
    const socketPath = join(dsh.directory, 'one.sock');
    const child = dsh.start(['-q', 'echo', 'hello'], { env: { DSH_AGENT: socketPath } });
    try {
      expect(await ending(child)).toEqual({
        status: 0,
        signal: null,
        stdout: 'hello\n',
        stderr: '',
      });
      const [pid] = findAgents(socketPath);
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
      expect(Number(fields[6 - 3])).toBe(pid);
    } finally {
      expect(endAgents(socketPath)).toBe(1);
    }
  });

  test('many that start at once share one', async () => {
    const socketPath = join(dsh.directory, 'many.sock');
    const children = Array.from({ length: 24 }, (_, index) =>
      dsh.start(['-q', 'echo', String(index)], { env: { DSH_AGENT: socketPath } }),
    );
    try {
      const ends = await Promise.all(children.map(ending));
      expect(ends).toEqual(
        children.map((_, index) => ({ status: 0, signal: null, stdout: `${index}\n`, stderr: '' })),
      );
    } finally {
      expect(endAgents(socketPath)).toBe(1);
    }
    expect(readdirSync(dsh.directory).filter((name) => name.startsWith('many.sock.lock'))).toEqual(
      [],
    );
  });

  test('a socket that nobody listens to any more is replaced', async () => {
    const socketPath = join(dsh.directory, 'dead.sock');
    const script = `const s = require('net').createServer().listen('${socketPath}', () => process.kill(process.pid, 9))`;
    await ending(dsh.shell(`node -e "${script}"`));
    expect(readdirSync(dsh.directory)).toContain('dead.sock');
    const child = dsh.start(['-q', 'true'], { env: { DSH_AGENT: socketPath } });
    try {
      expect(await ending(child)).toMatchObject({ status: 0, stderr: '' });
    } finally {
      expect(endAgents(socketPath)).toBe(1);
    }
  });

  test('one that ends at once says why', async () => {
    // Its path fits into a socket's address, that of the socket before it is renamed does not.
    const folder = join(dsh.directory, 'x'.repeat(105 - dsh.directory.length - 1));
    mkdirSync(folder);
    const socketPath = join(folder, 's');
    const child = dsh.start(['true'], { env: { DSH_AGENT: socketPath } });
    const { status, stderr } = await ending(child);
    expect(status).toBe(125);
    expect(stderr).toMatch(
      /^dsh: the agent did not start: the socket path .* has 113 bytes; .*\n$/,
    );
    expect(findAgents(socketPath)).toEqual([]);
  });

  test('one whose lock has no place says why', async () => {
    const socketPath = join(dsh.directory, 'none', 'agent.sock');
    const child = dsh.start(['true'], { env: { DSH_AGENT: socketPath } });
    const { status, stderr } = await ending(child);
    expect(status).toBe(125);
    expect(stderr).toMatch(/^dsh: cannot start the agent: .*none.*: no such file or directory\n$/i);
  });
});

describe('an agent that is none of ours', () => {
  test('speaks another protocol', async () => {
    const socketPath = join(dsh.directory, 'new.sock');
    const agent = await startTestAgent(socketPath, 9);
    const child = dsh.start(['true'], { env: { DSH_AGENT: socketPath } });
    expect(await ending(child)).toMatchObject({
      status: 125,
      stderr: `dsh: the agent at ${socketPath} speaks protocol 9, this dsh 1; end that agent and try again\n`,
    });
    await agent.close();
  });

  test.each([
    ['has other manners', '\0\0\0\0\0\0\0\0\x13', 'the agent at PATH sent ping before hello'],
    ['speaks no protocol at all', 'HTTP/1.1 400\r\n', 'no agent, but something else is at PATH'],
  ])('%s', async (_, greeting, reason) => {
    const socketPath = join(dsh.directory, 'other.sock');
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write(greeting);
    });
    await once(server.listen(socketPath), 'listening');
    const child = dsh.start(['true'], { env: { DSH_AGENT: socketPath } });
    const { status, stderr } = await ending(child);
    server.close();
    expect(status).toBe(125);
    expect(stderr).toBe(`dsh: ${reason.replace('PATH', socketPath)}\n`);
  });
});

describe('places that cannot hold a socket', () => {
  test('a path that is too long', async () => {
    const socketPath = join(dsh.directory, 'x'.repeat(108));
    const child = dsh.start(['true'], { env: { DSH_AGENT: socketPath } });
    const { status, stderr } = await ending(child);
    expect(status).toBe(125);
    expect(stderr).toMatch(
      /^dsh: the socket path .* has [0-9]+ bytes; at most 107 are possible\n$/,
    );
  });

  test('a path that is a file, which is left alone', async () => {
    const folder = mkdtempSync(join(dsh.directory, 'folder-'));
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    const child = dsh.start(['true'], { env: { DSH_AGENT: file } });
    const { status, stderr } = await ending(child);
    expect(status).toBe(125);
    expect(stderr).toMatch(
      /^dsh: cannot connect to the agent at .*file: Socket operation on non-socket\n$/,
    );
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test.runIf(process.getuid!() === 0)('an agent of somebody else', async () => {
    const socketPath = join(mkdtempSync(join(dsh.directory, 'folder-')), 'agent.sock');
    const heard: Buffer[] = [];
    const script = `require('node:net').createServer((socket) => socket.on('data', () =>
      process.stdout.write('heard'))).listen(process.argv[1], () => process.stdout.write('up'))`;
    chmodSync(dirname(socketPath), 0o777);
    const agent = spawn(process.execPath, ['-e', script, socketPath], unprivileged);
    agent.stdout.on('data', (piece: Buffer) => heard.push(piece));
    await once(agent.stdout, 'data');
    const child = dsh.start(['true'], { env: { DSH_AGENT: socketPath } });
    const { status, stderr } = await ending(child);
    agent.kill();
    await once(agent, 'close');
    expect(status).toBe(125);
    expect(stderr).toMatch(/^dsh: cannot connect to the agent at .*: Operation not permitted\n$/);
    expect(Buffer.concat(heard).toString()).toBe('up');
  });

  test('a path that leads through a file', async () => {
    const file = join(dsh.directory, 'file');
    writeFileSync(file, '');
    const child = dsh.start(['true'], { env: { DSH_AGENT: `${file}/agent.sock` } });
    const { status, stderr } = await ending(child);
    expect(status).toBe(125);
    expect(stderr).toMatch(/^dsh: cannot connect to the agent at .*file.*: not a directory\n$/i);
  });
});
