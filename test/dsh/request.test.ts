import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSession } from '../../src/dsh/caller.ts';
import { ending, prepareClient } from './client.ts';
import { type Client, startTestAgent, type TestAgent } from './test-agent.ts';

const dsh = await prepareClient();
let agent: TestAgent;

beforeEach(async () => {
  agent = await startTestAgent(dsh.environment['DSH_AGENT']!);
});
afterEach(() => agent.close());

/** What a script's one call of dsh asks for. */
async function asked(script: string, env: NodeJS.ProcessEnv = {}): Promise<Client> {
  const child = dsh.shell(script, env);
  const client = await agent.accept();
  client.send({ type: 'exited', status: 0 });
  expect(await ending(child)).toMatchObject({ status: 0, stderr: '' });
  return client;
}

const latin1 = (list: readonly Uint8Array[]): string[] =>
  list.map((bytes) => Buffer.from(bytes).toString('latin1'));

test('the words arrive byte for byte', async () => {
  const { command } = await asked(`$DSH -n printf "$(printf '\\377 \\001')" '' "a b" --help ''`);
  expect(latin1(command.arguments)).toEqual(['printf', '\xff \x01', '', 'a b', '--help', '']);
});

test('--sh text arrives byte for byte', async () => {
  const { command } = await asked(`$DSH --sh "$(printf 'echo \\377')" x`);
  expect(latin1(command.arguments)).toEqual(['/bin/sh', '-c', 'echo \xff', 'sh', 'x']);
});

test('the environment arrives byte for byte, without what belongs to this host', async () => {
  const { command, request } = await asked(
    `STRANGE=$(printf '\\377=\\n'); export STRANGE; $DSH env`,
    { SSH_AUTH_SOCK: '/keys', MAKEFLAGS: 'k -j4 --jobserver-auth=3,4' },
  );
  const variables = latin1(command.variables);
  expect(variables).toContain('STRANGE=\xff=');
  expect(variables).toContain('MAKEFLAGS=k');
  expect(variables.filter((entry) => /^(SSH_AUTH_SOCK|DSH_SOCKET)=/.test(entry))).toEqual([]);
  expect(request.shellVariables).toContain('SSH_AUTH_SOCK=/keys');
});

test('the umask arrives', async () => {
  expect((await asked('umask 027; $DSH ls')).command.umask).toBe(0o027);
});

test('the directory is the path by which the user came', async () => {
  const real = join(dsh.directory, 'real');
  const link = join(dsh.directory, 'link');
  mkdirSync(real);
  symlinkSync(real, link);
  const directory = async (script: string): Promise<string> =>
    Buffer.from((await asked(script)).command.directory).toString();
  expect(await directory(`cd '${link}' && $DSH ls`)).toBe(link);
  // A stale PWD, and one that leads through dots, are not believed.
  expect(await directory(`cd '${link}' && PWD=/tmp $DSH ls`)).toBe(realpathSync(real));
  expect(await directory(`cd '${link}' && PWD='${link}/../link' $DSH ls`)).toBe(realpathSync(real));
});

test('a directory that was removed is an error', async () => {
  const child = dsh.shell('mkdir gone; cd gone; rmdir ../gone; $DSH ls');
  expect(await ending(child)).toMatchObject({
    status: 125,
    stderr: 'dsh: the current directory was removed; change to another one\n',
  });
});

test('who calls arrives, and how much of the command may be shown', async () => {
  const child = dsh.start(['ls'], { env: { DSH_SHOW: 'program' } });
  const { request, send } = await agent.accept();
  send({ type: 'exited', status: 0 });
  await ending(child);
  expect(request.callerPid).toBe(child.pid);
  expect(request.shellVariables).toContain('DSH_SHOW=program');
});

test('the wishes arrive, and the session of the caller', async () => {
  const child = dsh.start([
    '-vv',
    '-H',
    'a,b',
    '-x',
    'c',
    '--cpus',
    '2',
    '--mem',
    '1M',
    '--retry',
    '1',
    '--require-cluster',
    '-e',
    'ssh -p 22',
    'ls',
  ]);
  const { request, send } = await agent.accept();
  send({ type: 'exited', status: 0 });
  await ending(child);
  expect(request).toMatchObject({
    only: ['a', 'b'],
    exclude: ['c'],
    order: [],
    cpus: 2,
    memoryBytes: 2 ** 20,
    verbosity: 2,
    requireCluster: true,
    remoteShell: ['ssh', '-p', '22'],
    retries: 1,
    unmanaged: false,
  });
  // 0 where the session's leader is outside of this pid namespace, as in some containers.
  expect(request.session).toBe(readSession());
});
