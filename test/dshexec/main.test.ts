import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RUNNER_PREAMBLE } from '../../src/core/wire/frame.ts';
import { buildProgram } from '../support/build-program.ts';
import { startRunner, toBytes } from '../support/runner.ts';
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

  it('others are told what was expected', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--serve', 'x'], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({
      status: 125,
      stdout: '',
      stderr: "dshexec: expected --serve or --version, got '--serve x'\n",
    });
  });

  it('without Node.js one line says so', () => {
    expect(run(['--serve'], { DSH_NODE: '/no/node' })).toEqual({
      status: 127,
      stdout: '',
      stderr: 'dshexec: cannot find /no/node: expected Node.js in PATH, or DSH_NODE to name it\n',
    });
  });
});

describe('a peer that breaks the protocol', () => {
  it('by another version is told', async () => {
    const runner = await startRunner(program);
    runner.channel.send({ type: 'hello', version: 9, capabilities: 0 });
    expect(await runner.ended).toEqual({
      status: 125,
      stderr: 'dshexec: protocol error: the agent speaks version 9, expected 1\n',
    });
  });

  it('by a number used twice is told', async () => {
    const runner = await startRunner(program);
    const job = runner.start({ arguments: toBytes('cat') });
    job.send({ type: 'start', fields: new Uint8Array(0) });
    expect(await runner.ended).toEqual({
      status: 125,
      stderr: 'dshexec: protocol error: job 1 was started twice\n',
    });
  });

  it('by garbage is told', () => {
    const { status, stderr } = spawnSync(process.execPath, [program, '--serve'], {
      input: Buffer.alloc(64, 0xff),
      encoding: 'utf8',
    });
    expect(status).toBe(125);
    expect(stderr).toMatch(/^dshexec: protocol error: [^\n]+\n$/);
  });
});
