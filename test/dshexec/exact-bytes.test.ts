import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PlainCommand } from '../../src/core/wire/command.ts';
import { isText, spawnExactly } from '../../src/dshexec/exact-bytes.ts';
import { arbitraryCommand, expectedReport } from '../support/arbitrary-command.ts';
import { buildProgram } from '../support/build-program.ts';
import { startRunner, type TestRunner, toBytes } from '../support/runner.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();
const latin1Folder = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9)]);

beforeAll(() => {
  mkdirSync(latin1Folder);
});

async function run(
  command: PlainCommand,
  shell: string,
): Promise<{ stdout: Buffer; stderr: string }> {
  const files = [join(folder, 'stdout'), join(folder, 'stderr')] as const;
  const outputs = [openSync(files[0], 'w'), openSync(files[1], 'w')] as const;
  const child = spawnExactly(command, ['pipe', ...outputs], shell);
  outputs.forEach((output) => closeSync(output));
  await once(child, 'exit');
  return { stdout: readFileSync(files[0]), stderr: readFileSync(files[1], 'utf8') };
}

describe.each(['dash', 'bash'])('by %s', (name) => {
  // A shell that is called sh is the one that /bin/sh might be.
  const shell = join(folder, name, 'sh');
  beforeAll(() => {
    mkdirSync(join(folder, name));
    symlinkSync(`/bin/${name}`, shell);
  });

  it('words and variables arrive byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryCommand(latin1Folder), async (command) => {
        const { stdout } = await run(command, shell);
        expect(stdout.toString('latin1')).toBe(expectedReport(command).toString('latin1'));
      }),
      { numRuns: 25 },
    );
  });

  it('the directory is entered, and a program called a=b runs', async () => {
    const text = 'cd "$PWD" && pwd -P';
    const command: PlainCommand = {
      arguments: toBytes('sh', '-c', text),
      variables: [
        ...toBytes('PATH=/usr/bin:/bin'),
        Buffer.concat([Buffer.from('PWD='), latin1Folder]),
      ],
      directory: latin1Folder,
      umask: 0o022,
    };
    const { stdout } = await run(command, shell);
    expect(stdout).toEqual(Buffer.concat([latin1Folder, Buffer.from('\n')]));
    const { stderr } = await run({ ...command, arguments: toBytes('a=b') }, shell);
    expect(stderr).toContain('a=b: not found');
  });
});

describe('by the runner', () => {
  let runner: TestRunner;
  beforeAll(async () => {
    runner = await startRunner(await buildProgram('dshexec', folder));
    return () => runner.link.destroy();
  });

  it('a command that is not UTF-8 has its umask, its pid and its streams', async () => {
    const words = toBytes('sh', '-c', 'cat; echo $$; umask; printf %s "$0"; ls -l /proc/$$/fd/3');
    const job = runner.start({ arguments: [...words, Buffer.of(0xff, 0xfe)], umask: 0o077 });
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('in\n') });
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 2 });
    const { pid } = await job.frame('started');
    expect(job.output(1)).toEqual(
      Buffer.concat([Buffer.from(`in\n${pid}\n0077\n`), Buffer.of(0xff, 0xfe)]),
    );
  });

  it('a word far above what an octal script could carry is passed', async () => {
    const long = Buffer.alloc(100_000, 0xff);
    const words = toBytes('sh', '-c', 'printf %s "$0"');
    const job = runner.start({ arguments: [...words, long] });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).equals(long)).toBe(true);
  });
});

it('only words that are not UTF-8 take this way', () => {
  const plain = {
    arguments: toBytes('é', ''),
    variables: [],
    directory: Buffer.from('/'),
    umask: 0,
  };
  const odd = Buffer.of(0xe9);
  expect(isText(plain)).toBe(true);
  expect(isText({ ...plain, arguments: [odd] })).toBe(false);
  expect(isText({ ...plain, variables: [odd] })).toBe(false);
  expect(isText({ ...plain, directory: odd })).toBe(false);
});
