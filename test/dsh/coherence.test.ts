/** The client waits until it sees what its agent was told of files; here nothing is cached. */
import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  decodeFileReports,
  encodeFileReport,
  type FileReport,
} from '../../src/core/wire/file-report.ts';
import { ending, prepareClient } from './client.ts';
import { type Client, startTestAgent, type TestAgent } from './test-agent.ts';

const dsh = await prepareClient();
const path = (name: string): string => join(dsh.directory, name);
let agent: TestAgent;

beforeEach(async () => {
  agent = await startTestAgent(dsh.environment['DSH_AGENT']!);
});
afterEach(() => agent.close());

const absent: FileReport = {
  kind: 'absent',
  bytes: 0n,
  mtimeNs: 0n,
  ctimeNs: 2n ** 63n,
  path: Buffer.from('a.o'),
};

function report(name: string, changes: Partial<FileReport>): Uint8Array {
  return encodeFileReport({ ...absent, path: Buffer.from(name), ...changes });
}

/** Tells the client that the command has ended well, and has changed these files. */
async function tellEnd(client: Client, ...reports: readonly Uint8Array[]): Promise<void> {
  client.send({ type: 'hello', version: 1, capabilities: 64 });
  client.send({ type: 'placed', node: 'h2' });
  client.send({ type: 'started', pid: 7 });
  for (const fields of reports) client.send({ type: 'changed', fields });
  client.send({ type: 'exited', status: 0 });
}

const on = ['--coherence=on', '--coherence-timeout=1'];

test('what the words name is told as it is here', async () => {
  writeFileSync(path('a.c'), 'text');
  const child = dsh.start([...on, 'gcc', '-c', 'a.c', '-Iruntime', '-o', 'runtime/new.o']);
  const client = await agent.accept();
  const { mtimeNs } = statSync(path('a.c'), { bigint: true });
  const { coherence } = client.command;
  expect(coherence?.limitMs).toBe(1000);
  const told = coherence!.knownFiles.flatMap(decodeFileReports);
  expect(told.map((each) => [each.kind, Buffer.from(each.path).toString()])).toEqual([
    ['file', 'a.c'],
    ['directory', 'runtime'],
    ['directory', 'runtime'],
  ]);
  expect(told[0]).toMatchObject({ bytes: 4n, mtimeNs });
  await tellEnd(client);
  expect(await ending(child)).toMatchObject({ status: 0, stderr: '' });
});

test('on a local file system, or switched off, nothing is told and nothing awaited', async () => {
  for (const words of [[], ['--coherence=off']]) {
    const child = dsh.start([...words, 'cat', 'a.c']);
    const client = await agent.accept();
    expect(client.command.coherence).toBeUndefined();
    await tellEnd(client, report('missing', { kind: 'file' }));
    expect(await ending(child)).toMatchObject({ status: 0, stderr: '' });
  }
});

test('a file that is as it was told is not waited for', async () => {
  writeFileSync(path('out'), 'four');
  utimesSync(path('out'), 1, 1);
  const child = dsh.start([...on, 'true']);
  const same = report('out', { kind: 'file', bytes: 4n, mtimeNs: 1_000_000_000n });
  await tellEnd(await agent.accept(), same, report('gone', {}), report('.', { kind: 'within' }));
  expect(await ending(child)).toMatchObject({ status: 0, stderr: '' });
});

test('a file that comes late is waited for', async () => {
  const child = dsh.start(['--coherence=on', 'true']);
  await tellEnd(await agent.accept(), report('late', { kind: 'file', bytes: 4n, ctimeNs: 1n }));
  writeFileSync(path('late'), 'late');
  expect(await ending(child)).toMatchObject({ status: 0, stderr: '' });
});

test.each([
  ['a file that does not come', 'never', { kind: 'file', bytes: 4n }, /never is not here as it/],
  ['one of another size', 'other', { kind: 'file', bytes: 9n }, /expected 9 bytes of 1970-01-01/],
  ['one that should be gone', 'other', {}, /other is not here as it is on h2: expected no such/],
] as const)('%s is told by name, and is no success', async (_, name, changes, message) => {
  writeFileSync(path('other'), 'text');
  const child = dsh.start([...on, 'true']);
  await tellEnd(await agent.accept(), report(name, changes));
  const { status, stderr } = await ending(child);
  expect(status).toBe(122);
  expect(stderr).toMatch(message);
});

test('a node that cannot say what has changed is no success either', async () => {
  const child = dsh.start([...on, 'true']);
  await tellEnd(await agent.accept(), report('/home', { kind: 'unknown' }));
  expect(await ending(child)).toMatchObject({
    status: 122,
    stderr:
      'dsh: h2: what the command did to files in /home is not known: ' +
      'the file system does not answer there\n',
  });
});

test('files that are not there as here keep the command from starting', async () => {
  const child = dsh.start([...on, 'true']);
  const client = await agent.accept();
  client.send({ type: 'failed', reason: 'incoherent', message: 'h2: a.c is not there' });
  expect(await ending(child)).toMatchObject({ status: 122, stderr: 'dsh: h2: a.c is not there\n' });
});
