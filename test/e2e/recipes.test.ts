/** docs/recipes.md: its blocks, run as they are printed, with the real tools. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CommandResult } from '../../lab/command.ts';
import type { Lab } from '../../lab/cluster.ts';
import { writeProgram } from '../../lab/demo-program.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { projectDirectory } from '../../lab/project.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

/** The blocks below a heading, without the fence. */
function blocksOf(heading: string): readonly string[] {
  const text = readFileSync(`${projectDirectory}/docs/recipes.md`, 'utf8');
  const [, section] = text.split(`\n## ${heading}\n`);
  const [own] = section!.split('\n## ');
  return [...own!.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, block]) => block!);
}

const WORDS = 'eight small files compiled on three nodes together \n';

describeWith(
  ['openssh-server', 'gcc', 'libc6-dev', 'make', 'parallel', 'python3'],
  'a recipe',
  () => {
    const folder = createTemporaryFolder();
    let lab: Lab;
    let directory: string;
    beforeAll(async () => {
      lab = await startLoopbackLab({ hosts: 2 });
      mkdirSync(`${folder}/bin`);
      // What the recipes run that is only an example: it says what it was given.
      for (const name of ['flac', 'Rscript', 'run-one-suite.sh']) {
        const text = '#!/bin/sh\n[ -t 0 ] || cat >/dev/null\necho "$@" >>"$LOG"\n';
        writeFileSync(`${folder}/bin/${name}`, text, { mode: 0o755 });
      }
    });
    afterAll(async () => lab.close());

    /** Every block of a section, in a new directory with the demo's program in it. */
    async function run(heading: string, blocks = blocksOf(heading)): Promise<CommandResult> {
      directory = `${folder}/${heading.replaceAll(' ', '-')}`;
      writeProgram(directory);
      for (const name of ['a.wav', 'b c.wav']) writeFileSync(`${directory}/${name}`, '');
      const environment = {
        HOME: directory,
        LOG: `${directory}/log`,
        PATH: `${folder}/bin:${projectDirectory}/bin:${lab.environment('h1').PATH}`,
      };
      const script = `set -e\n${blocks.join('')}`;
      const words = ['bash', '-c', script];
      return lab.runFrom('h1', words, { directory, environment, deadlineMs: 110_000 });
    }

    const logged = (): readonly string[] =>
      readFileSync(`${directory}/log`, 'utf8').trim().split('\n').toSorted();

    test('for make builds, by a variable and by PATH', async () => {
      const [first, second] = blocksOf('make');
      const made = await run('make', [
        first!,
        './program\nrm -f program *.o\n',
        second!,
        './program\n',
      ]);
      expect(made, made.stderr).toMatchObject({ status: 0 });
      expect(made.stdout.split(WORDS)).toHaveLength(3);
      expect(made.stdout).toContain('dsh gcc -O2 -c');
      expect(readdirSync(`${directory}/.dsh`)).toContain('gcc');
    });

    test('for make runs whole recipes', async () => {
      const text = readFileSync(`${projectDirectory}/docs/recipes.md`, 'utf8');
      const [, line] = /`(make -j16 SHELL=.*?)`/.exec(text)!;
      const made = await run('recipes of make', [`${line}\n./program\n`]);
      expect(made, made.stderr).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(WORDS),
      });
    });

    test('for xargs and GNU parallel runs a command for each file', async () => {
      const files = ['a.wav', 'b c.wav'];
      expect(await run('xargs')).toMatchObject({ status: 0 });
      expect(logged()).toEqual(files.map((name) => `--best ./${name}`));
      expect(await run('GNU parallel')).toMatchObject({ status: 0 });
      expect(logged()).toEqual(files.map((name) => `--best ${name}`));
    });

    test('for CI runners starts the suites', async () => {
      const blocks = blocksOf('CI runners').map((block) => block.replaceAll('./run-', 'run-'));
      expect(await run('CI runners', blocks)).toMatchObject({ status: 0 });
      expect(logged()).toEqual(['e2e', 'unit']);
    });

    test('for a sweep runs every value, from a shell and from Python', async () => {
      const [shell, python] = blocksOf('A sweep in R or Python');
      const fit = `import sys\nopen('log', 'a').write(sys.argv[1] + '\\n')\n`;
      const files = `cat >fit.py <<'END'\n${fit}END\ncat >sweep.py <<'END'\n${python}END\n`;
      const inSmall = (text: string): string => text.replaceAll('4G', '64M');
      const swept = await run('sweep', [
        inSmall(shell!),
        'mv log log-of-R\n',
        inSmall(files),
        'python3 sweep.py\n',
      ]);
      expect(swept, swept.stderr).toMatchObject({ status: 0 });
      expect(logged()).toHaveLength(20);
      const ofR = readFileSync(`${directory}/log-of-R`, 'utf8').trim().split('\n');
      expect(ofR.toSorted()).toContain('fit.R 0.1 result-0.1.rds');
      expect(ofR).toHaveLength(20);
    });

    describeWith(['ccache'], 'with ccache', () => {
      test('compiles by dsh what is not in the cache', async () => {
        const made = await run('ccache', [
          'export CCACHE_DIR=$PWD/.ccache\n',
          ...blocksOf('ccache'),
          'ccache -s | grep -E "Misses|cache miss"\n./program\n',
        ]);
        expect(made, made.stderr).toMatchObject({
          status: 0,
          stdout: expect.stringContaining(WORDS),
        });
        expect(made.stdout).toMatch(/[Mm]iss(es)?:? +9/);
      });
    });

    describeWith(['cmake', 'ninja-build'], 'with CMake', () => {
      const lists = [
        'cmake_minimum_required(VERSION 3.13)',
        'project(program C CXX)',
        'file(GLOB sources *.c)',
        'add_executable(program ${sources})',
      ];
      const prepare = `cat >CMakeLists.txt <<'END'\n${lists.join('\n')}\nEND\n`;

      test.each(['make', 'ninja'])('builds by %s', async (generator) => {
        const [block] = blocksOf('CMake');
        const chosen =
          generator === 'ninja' ? block!.replace('-B build', '-B build -G Ninja') : block!;
        const made = await run(`CMake ${generator}`, [prepare, chosen, 'build/program\n']);
        expect(made, made.stderr).toMatchObject({
          status: 0,
          stdout: expect.stringContaining(WORDS),
        });
      });
    });
  },
);
