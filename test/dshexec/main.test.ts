import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RUNNER_PREAMBLE } from '../../src/core/wire/frame.ts';
import { nativeProgram } from '../native/program.ts';
import { buildProgram } from '../support/build-program.ts';
import { runnerCommand, startRunner, toBytes } from '../support/runner.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const folder = createTemporaryFolder();
let program: string;
let script: string;

// An installation: bin/dshexec, dist/dshexec.js, and a link to the first from elsewhere.
beforeAll(async () => {
  program = await buildProgram('dshexec', folder);
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'links'));
  copyFileSync('bin/dshexec', join(folder, 'bin/dshexec'));
  chmodSync(join(folder, 'bin/dshexec'), 0o755);
  script = join(folder, 'links/dshexec');
  symlinkSync('../bin/dshexec', script);
});

function run(words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const env = { PATH: process.env.PATH, ...environment };
  const { status, stdout, stderr } = spawnSync(script, words, { env, encoding: 'utf8', input: '' });
  return { status, stdout, stderr };
}

describe('the words', () => {
  it('--version names the version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(run(['--version'])).toEqual({ status: 0, stdout: `dshexec ${version}\n`, stderr: '' });
  });

  it('--serve opens with the preamble and ends with its input', () => {
    const { status, stdout, stderr } = run(['--serve']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.startsWith(RUNNER_PREAMBLE)).toBe(true);
  });

  it('without Node.js one line says so', () => {
    expect(run(['--serve'], { DSH_NODE: '/no/node' })).toEqual({
      status: 127,
      stdout: '',
      stderr: 'dshexec: cannot find /no/node: expected Node.js in PATH, or DSH_NODE to name it\n',
    });
  });
});

const runners: [string, () => string][] = [['the bundle', () => program]];
if (nativeProgram !== undefined) runners.push(['the native program', () => nativeProgram!]);

describe.each(runners)('%s', (_, runnerOf) => {
  function serve(words: readonly string[], input: Uint8Array) {
    const [file, ...own] = runnerCommand(runnerOf());
    const options = { encoding: 'utf8', input } as const;
    const { status, stdout, stderr } = spawnSync(file, [...own, ...words], options);
    return { status, stdout, stderr };
  }

  it('names the version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    const { status, stdout } = serve(['--version'], Buffer.alloc(0));
    expect({ status, stdout }).toEqual({ status: 0, stdout: `dshexec ${version}\n` });
  });

  it('opens with the preamble and ends with its input', () => {
    const { status, stdout, stderr } = serve(['--serve'], Buffer.alloc(0));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.startsWith(RUNNER_PREAMBLE)).toBe(true);
  });

  it.each([[[]], [['--serve', 'x']], [['more']]])('says what it expected, for %j', (words) => {
    expect(serve(words, Buffer.alloc(0))).toEqual({
      status: 125,
      stdout: '',
      stderr: `dshexec: expected --serve or --version, got '${words.join(' ')}'\n`,
    });
  });

  it('says that the peer speaks another version', async () => {
    const runner = await startRunner(runnerOf());
    runner.channel.send({ type: 'hello', version: 9, capabilities: 0 });
    expect(await runner.ended).toEqual({
      status: 125,
      stderr: 'dshexec: protocol error: the agent speaks version 9, expected 1\n',
    });
  });

  it('says that the peer has used a number twice', async () => {
    const runner = await startRunner(runnerOf());
    const job = runner.start({ arguments: toBytes('cat') });
    job.send({ type: 'start', fields: new Uint8Array(0) });
    expect(await runner.ended).toEqual({
      status: 125,
      stderr: 'dshexec: protocol error: job 1 was started twice\n',
    });
  });

  it.each([
    [
      'a frame too large',
      'ffffffff ffffffff ff',
      'frame of 4294967295 bytes; at most 8388608 are allowed',
    ],
    ['a frame too short', '00000003 00000000 01 000000', 'malformed hello frame of 3 bytes'],
    ['an unknown stream', '00000001 00000001 0d 03', 'malformed broken frame of 1 bytes'],
    ['an unknown reason', '00000001 00000001 07 00', 'malformed failed frame of 1 bytes'],
  ])('says of the peer that it sent %s', (__, hex, reason) => {
    const { status, stderr } = serve(['--serve'], Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    expect({ status, stderr }).toEqual({
      status: 125,
      stderr: `dshexec: protocol error: ${reason}\n`,
    });
  });
});
