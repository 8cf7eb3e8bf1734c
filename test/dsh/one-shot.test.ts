import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ControlReply, ControlRequest } from '../../src/core/wire/control.ts';
import { type ClientEnd, ending, prepareClient } from './client.ts';
import { startControlDaemon, type TestDaemon } from './test-daemon.ts';
import { eventually } from '../support/eventually.ts';

const dsh = await prepareClient();
const work = join(dsh.directory, "it's a $HOME");
mkdirSync(work);

/**
 * A remote shell whose far end is this machine. Named rsh it loses the exit status, as rsh does;
 * destinations that start with `down` cannot be reached, and `bare` has no dshexec.
 */
function makeRemoteShell(name: string, lastWord: string): string {
  const path = join(dsh.directory, name);
  const script = `#!/bin/sh
    case $1 in down*) echo "$1: no route" >&2; exit 255;; bare) PATH=/bin;; esac
    shift
    cd / && env -i PATH="$PATH" HOME=/ NODE_OWN=1 DISPLAY=:7 /bin/sh -c "$*"
    ${lastWord}\n`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}
const ssh = makeRemoteShell('ssh', 'exit $?');
const rsh = makeRemoteShell('rsh', 'exit 0');
const dshexec = join(import.meta.dirname, '../../bin/dshexec');

let daemon: TestDaemon | undefined;
afterEach(async () => {
  await daemon?.close();
  daemon = undefined;
});

/** A daemon that names these nodes, one after the other. */
async function startDaemon(nodes: readonly string[], here = false): Promise<TestDaemon> {
  let job = 0;
  const answer = (request: ControlRequest): ControlReply | undefined => {
    if (request.op !== 'place') return undefined;
    const node = nodes.find((name) => !request.wishes.exclude.includes(name));
    const { id } = request;
    if (node === undefined) return { op: 'refused', id, reason: 'no node is left', ranking: [] };
    job += 1;
    return { op: 'placed', id, job, node, destination: node, here, ranking: [] };
  };
  daemon = await startControlDaemon(dsh.environment['DSH_SOCKET']!, answer);
  return daemon;
}

function run(
  words: readonly string[],
  { shell = ssh, input = '', env = {} }: { shell?: string; input?: string; env?: object } = {},
): Promise<ClientEnd> {
  const child = dsh.start(['-e', shell, '--one-shot', ...words], {
    cwd: work,
    env: { DSH_EXEC: dshexec, ...env },
  });
  child.stdin!.end(input);
  return ending(child);
}

/** A command that is over before its start was noticed is only told to have ended. */
function milestones(requests: readonly ControlRequest[]): string[] {
  return requests.map(({ op }) => op).filter((op) => op !== 'started');
}

describe.each([
  ['ssh', ssh],
  ['rsh', rsh],
])('over %s', (_, shell) => {
  test('a command runs as if here, and leaves no file behind', async () => {
    const { requests } = await startDaemon(['h1']);
    const show = 'pwd; umask; echo "$X $DISPLAY $NODE_OWN."; printf "<%s>" "$@"; cat; exit 7';
    const end = await run(['sh', '-c', show, 'sh', 'a b', '', "it's"], {
      shell,
      input: 'in',
      env: { X: "'$x'", DISPLAY: ':1' },
    });
    const umask = process.umask().toString(8).padStart(4, '0');
    expect(end).toEqual({
      status: 7,
      signal: null,
      stderr: '',
      stdout: `${work}\n${umask}\n'$x' :7 .\n<a b><><it's>in`,
    });
    expect(readdirSync(work)).toEqual([]);
    expect(milestones(requests)).toEqual(['place', 'ended']);
  });

  test('the daemon is told while a command runs', async () => {
    const { requests } = await startDaemon(['h1']);
    const end = run(['sh', '-c', 'until [ -e go ]; do sleep 0.02; done; rm go'], { shell });
    await eventually(() => expect(requests.map(({ op }) => op)).toContain('started'));
    writeFileSync(join(work, 'go'), '');
    expect(await end).toMatchObject({ status: 0 });
    expect(requests.map(({ op }) => op)).toEqual(['place', 'started', 'ended']);
  });

  test('a node that cannot be reached is passed over', async () => {
    const { requests } = await startDaemon(['down1', 'h2']);
    expect(await run(['-v', 'echo', 'hello'], { shell })).toMatchObject({
      status: 0,
      stdout: 'hello\n',
      stderr: 'dsh: down1\ndown1: no route\ndsh: h2\n',
    });
    expect(milestones(requests)).toEqual(['place', 'unreachable', 'place', 'ended']);
    expect(readdirSync(work)).toEqual([]);
  });
});

test('where no node can be reached, the last reason is told', async () => {
  await startDaemon(['down1', 'down2']);
  expect(await run(['true'])).toMatchObject({
    status: 125,
    stderr:
      'down1: no route\ndown2: no route\n' +
      'dsh: down2: the command did not start (ssh ended with 255)\n',
  });
});

test('a node without dshexec is an error, not a command that was not found', async () => {
  await startDaemon(['bare', 'h2']);
  const { status, stderr } = await run(['true'], { env: { DSH_EXEC: 'no-dshexec' } });
  expect(status).toBe(125);
  expect(stderr).toMatch(/dsh: bare: the command did not start \(ssh ended with 127\); is dshexec/);
});

test('a command that cannot be found there exits 127', async () => {
  await startDaemon(['h1']);
  expect(await run(['no-such-command'])).toMatchObject({ status: 127 });
});

test('the node that is chosen may be this one', async () => {
  const { requests } = await startDaemon(['h1'], true);
  expect(
    await run(['sh', '-c', 'echo $DISPLAY; exit 3'], { env: { DISPLAY: ':1' } }),
  ).toMatchObject({
    status: 3,
    stdout: ':1\n',
    stderr: '',
  });
  expect(requests.map(({ op }) => op)).toEqual(['place', 'started', 'ended']);
});

test('without a daemon the command runs here and says so', async () => {
  expect(await run(['-v', 'echo', 'hello'])).toMatchObject({
    status: 0,
    stdout: 'hello\n',
    stderr: `dsh: no dshd answers; running here\ndsh: ${hostname()}\n`,
  });
  expect(await run(['--require-cluster', 'true'])).toMatchObject({
    status: 125,
    stderr: 'dsh: no dshd answers\n',
  });
});

test('a remote shell that does not exist is an error', async () => {
  await startDaemon(['h1']);
  expect(await run(['true'], { shell: '/no/ssh' })).toMatchObject({
    status: 125,
    stderr: 'dsh: cannot start /no/ssh: spawn /no/ssh ENOENT\n',
  });
  expect(readdirSync(work)).toEqual([]);
});

test('a directory in which no lock file can be made is an error', async () => {
  await startDaemon(['h1']);
  const child = dsh.start(['-e', ssh, '--one-shot', 'true'], { cwd: '/proc' });
  const { status, stderr } = await ending(child);
  expect(status).toBe(125);
  expect(stderr).toMatch(/^dsh: cannot make the lock file: .*\/proc\/\.dsh-.*\n$/);
});

test('a signal ends the remote shell, and the lock file goes', async () => {
  await startDaemon(['h1']);
  const child = dsh.start(['-e', ssh, '--one-shot', 'sh', '-c', 'echo ready; exec cat'], {
    cwd: work,
    env: { DSH_EXEC: dshexec },
  });
  child.stdout!.once('data', () => child.kill('SIGTERM'));
  // What the killed shell has left at its far end ends with its input.
  child.once('exit', () => child.stdin!.end());
  expect(await ending(child)).toMatchObject({ status: null, signal: 'SIGTERM' });
  expect(readdirSync(work)).toEqual([]);
});
