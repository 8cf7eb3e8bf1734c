/** `dsh-masquerade`: a build that knows nothing of dsh, distributed by PATH alone. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeProgram } from '../../lab/demo-program.ts';
import { type CommandResult, runCommand } from '../../lab/command.ts';
import type { Lab } from '../../lab/cluster.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

describeWith(['openssh-server', 'gcc', 'libc6-dev', 'make'], 'dsh-masquerade', () => {
  const folder = createTemporaryFolder();
  const program = `${projectDirectory}/bin/dsh-masquerade`;
  const links = `${folder}/links`;
  let lab: Lab;

  beforeAll(async () => {
    // A compiler that writes down below which program it was started, and then is gcc.
    mkdirSync(`${folder}/bin`);
    const compiler = `readlink /proc/$PPID/exe >>${folder}/parents; exec gcc "$@"`;
    writeFileSync(`${folder}/bin/mycc`, `#!/bin/sh\n${compiler}\n`, { mode: 0o755 });
    lab = await startLoopbackLab({
      hosts: 2,
      attributes: (host) => (host === 'h1' ? 'speed=0.001' : ''),
    });
  });
  afterAll(async () => lab.close());

  function runFromH1(path: string, words: readonly string[]): Promise<CommandResult> {
    const PATH = `${path}:${folder}/bin:${lab.environment('h1').PATH}`;
    return lab.runFrom('h1', words, { directory: `${folder}/source`, environment: { PATH } });
  }

  test('makes links for the compilers of this machine, or those that are named', async () => {
    const all = await runCommand([program, `${folder}/all`]);
    expect(all).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(`${folder}/all`)).toEqual(expect.arrayContaining(['cc', 'gcc']));
    const named = await runCommand([program, links, 'mycc']);
    expect(named.stdout).toContain(`For this shell: PATH=${links}:$PATH\n`);
    expect(readdirSync(links)).toEqual(['mycc']);
    expect(await runCommand([program, links, 'mycc'])).toMatchObject({ status: 0 });
  });

  test('has a real make compile on the other node, by PATH alone', async () => {
    writeProgram(`${folder}/source`);
    const made = await runFromH1(links, ['make', '-j4', 'CC=mycc']);
    expect(made).toMatchObject({ status: 0, stderr: '' });
    const parents = readFileSync(`${folder}/parents`, 'utf8').trim().split('\n');
    // Nine files and the link. h1 takes a job only when h2, the much faster one, did not answer in time.
    expect(parents).toHaveLength(10);
    expect(parents).toContain(realpathSync(`${projectDirectory}/dist/dshexec-serve`));
    const built = await runFromH1(links, ['./program']);
    expect(built.stdout).toBe('eight small files compiled on three nodes together \n');
  });

  test('does not call itself, however many directories of links there are', async () => {
    symlinkSync(links, `${folder}/links-again`);
    const path = `${links}:${folder}/links-again:${links}/`;
    expect(await runFromH1(path, ['mycc', '--version'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('gcc'),
    });
  });

  test('says what is missing', async () => {
    await runCommand([program, links, 'no-such-cc']);
    expect(await runFromH1(links, ['no-such-cc'])).toMatchObject({
      status: 127,
      stderr: `dsh-masquerade: no other no-such-cc in PATH: expected the compiler itself behind ${links}\n`,
    });
    expect(await runCommand([program])).toMatchObject({ status: 2 });
    expect(await runCommand([program, links, 'a/b'])).toMatchObject({ status: 2 });
  });
});
