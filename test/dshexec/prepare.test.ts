import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PlainCommand } from '../../src/core/wire/command.ts';
import type { FailureReason } from '../../src/core/wire/failure-reason.ts';
import { buildProgram } from '../support/build-program.ts';
import { startRunner, type TestRunner, toBytes } from '../support/runner.ts';
import { createTemporaryFolder, unprivileged } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();
const file = join(folder, 'file');
const closed = join(folder, 'closed');
let runner: TestRunner;

beforeAll(async () => {
  writeFileSync(file, 'no program');
  mkdirSync(closed);
  chmodSync(closed, 0);
  mkdirSync(join(folder, 'a', 'tool'), { recursive: true });
  mkdirSync(join(folder, 'b'));
  writeProgram('b/tool', '#!/bin/sh\necho "b $0"\n');
  writeProgram('plain', 'echo "plain $0 $1"\n');
  writeProgram('orphan', '#!/no/such/interpreter\n');
  symlinkSync('nowhere', join(folder, 'dangling'));
  runner = await startRunner(await buildProgram('dshexec', folder), unprivileged);
  return () => runner.link.destroy();
});

function writeProgram(name: string, text: string): void {
  writeFileSync(join(folder, name), text, { mode: 0o755 });
}

function command(
  words: readonly string[],
  changes: Partial<PlainCommand> = {},
): Partial<PlainCommand> {
  return { arguments: toBytes(...words), directory: Buffer.from(folder), ...changes };
}

function searched(name: string, path: string): Partial<PlainCommand> {
  return command([name], { variables: toBytes(`PATH=${path}`) });
}

const elsewhere =
  'a command runs in the same directory as here or not at all (--send copies files)';

describe('a command that cannot run here says why', () => {
  const cases: readonly [string, Partial<PlainCommand>, FailureReason, string][] = [
    [
      'its directory is missing',
      { directory: Buffer.from('/no/such') },
      'no-directory',
      `cannot enter /no/such on ${hostname()}: No such file or directory; ${elsewhere}`,
    ],
    [
      'its directory is a file',
      { directory: Buffer.from(file) },
      'no-directory',
      `cannot enter ${file} on ${hostname()}: Not a directory; ${elsewhere}`,
    ],
    [
      'its directory is closed to the user',
      { directory: Buffer.from(closed) },
      'no-directory',
      `cannot enter ${closed} on ${hostname()}: Permission denied; ${elsewhere}`,
    ],
    ['no such program', command(['no-such']), 'not-found', 'no-such: command not found'],
    ['an empty name', command(['']), 'not-found', ': command not found'],
    ['no such path', command(['./no-such']), 'not-found', './no-such: No such file or directory'],
    [
      'a link to nowhere',
      command(['./dangling']),
      'not-found',
      './dangling: No such file or directory',
    ],
    [
      'a script without its interpreter',
      command(['./orphan']),
      'not-found',
      './orphan: cannot execute: required file not found',
    ],
    ['a file without x', command(['./file']), 'not-executable', './file: Permission denied'],
    [
      'a file without x in PATH',
      searched('file', folder),
      'not-executable',
      'file: Permission denied',
    ],
    ['a directory', command(['/tmp']), 'not-executable', '/tmp: Is a directory'],
    [
      'more words than the system takes',
      command(['true', 'x'.repeat(200_000)]),
      'not-executable',
      'true: Argument list too long',
    ],
    ['a NUL in a word', command(['true', 'a\0b']), 'bad-request', 'a word with a NUL byte'],
    ['no words', command([]), 'bad-request', 'a command without words'],
    [
      'a relative directory',
      { directory: Buffer.from('tmp') },
      'bad-request',
      'a command whose directory is not an absolute path',
    ],
  ];

  it.each(cases)('%s', async (_, wanted, reason, message) => {
    const job = runner.start(wanted);
    await job.end();
    expect(job.frames).toEqual([{ type: 'failed', reason, message }]);
  });
});

describe('a program is found as execvp finds it', () => {
  const cases: readonly [string, Partial<PlainCommand>, string][] = [
    [
      'past a directory of its name',
      searched('tool', `${folder}/a:${folder}/b`),
      `b ${folder}/b/tool`,
    ],
    ['in a relative element of PATH', searched('tool', 'a:b'), 'b b/tool'],
    ['in the directory, for an empty element', searched('plain', '/no/such:'), 'plain plain '],
    ['by a path from its directory', command(['b/tool']), 'b b/tool'],
    ['without #!, by /bin/sh', command(['./plain', 'word']), 'plain ./plain word'],
    ['without a PATH', command(['echo', 'found'], { variables: [] }), 'found'],
  ];

  it.each(cases)('%s', async (_, wanted, output) => {
    const job = runner.start(wanted);
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toBe(`${output}\n`);
  });
});
