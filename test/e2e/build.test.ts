/**
 * The main job: a real build over real ssh, on four hosts. The objects must be those of a direct
 * build to the byte, whoever compiled them, also when a host dies in the middle.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { type CommandResult, runCommand } from '../../lab/command.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { waitUntil } from '../../lab/wait.ts';
import { unpackSource } from '../support/debian-source.ts';
import { describeWith } from '../support/lab-requirements.ts';

interface Project {
  readonly name: string;
  readonly source: string;
  /** Below the unpacked source. */
  readonly makeDirectory: string;
  readonly compiler: string;
  readonly targets: readonly string[];
  readonly configure?: readonly string[];
  /** A program that was built, and a line that it prints. */
  readonly check: readonly [words: readonly string[], says: RegExp];
}

const lua: Project = {
  name: 'Lua 5.4',
  source: 'lua5.4',
  makeDirectory: 'src',
  compiler: 'gcc -std=gnu99',
  targets: ['linux'],
  check: [['./lua', '-e', 'print(_VERSION, 6 * 7)'], /^Lua 5\.4\t42$/m],
};

const zlib: Project = {
  name: 'zlib',
  source: 'zlib',
  makeDirectory: '.',
  compiler: 'gcc',
  targets: ['all'],
  configure: ['./configure'],
  check: [['sh', '-c', 'echo hello world | ./example'], /inflate\(\): hello, hello!/],
};

const BUILD_DEADLINE_MS = 240_000;
let lab: Lab;
let directory: string;

describeWith(
  [
    'openssh-server',
    'openssh-client',
    'gcc',
    'libc6-dev',
    'make',
    'dpkg-dev',
    'xz-utils',
    'source:lua5.4',
    'source:zlib',
  ],
  'make -j8 CC="dsh gcc" on four hosts',
  () => {
    beforeAll(async () => {
      lab = await startLoopbackLab({ hosts: 4 });
      directory = mkdtempSync(join(tmpdir(), 'dsh-build-'));
    });

    afterAll(async () => {
      await lab.close();
      rmSync(directory, { recursive: true });
    });

    test.each([lua, zlib])('builds $name, and at least three hosts work', async (project) => {
      const tree = await unpack(project);
      const direct = await buildDirectly(project, tree);
      const { counted, workers } = countingCompiler(project);

      expect(await build(project, tree, `dsh ${counted}`)).toMatchObject({ status: 0 });
      expect(objectDigests(tree)).toEqual(direct);
      const [words, says] = project.check;
      expect((await runCommand(words, { directory: tree })).stdout).toMatch(says);
      expect(new Set(workers()).size).toBeGreaterThanOrEqual(3);
    });

    test('ends well when sshd and dshd of a host are killed in the middle', async () => {
      const tree = await unpack(lua);
      const direct = await buildDirectly(lua, tree);
      const building = build(lua, tree, `dsh ${lua.compiler}`);
      await waitForObjects(tree, 6);
      await Promise.all([lab.host('h3').kill('sshd'), lab.host('h3').kill('dshd')]);
      expect(await building).toMatchObject({ status: 0 });
      expect(objectDigests(tree)).toEqual(direct);
      await lab.host('h3').start();
    });

    test('ends well with --retry when a host dies with all that runs on it', async () => {
      const tree = await unpack(lua);
      const direct = await buildDirectly(lua, tree);
      const building = build(lua, tree, `dsh --retry 3 ${lua.compiler}`);
      await waitForObjects(tree, 6);
      await lab.host('h2').kill('all');
      expect(await building).toMatchObject({ status: 0 });
      expect(objectDigests(tree)).toEqual(direct);
      await lab.host('h2').start();
    });
  },
);

/** Unpacks the source anew and returns the directory in which make is called. */
async function unpack({ source, makeDirectory, configure }: Project): Promise<string> {
  // Debian's patches make Lua's build depend on libtool; the authors' own does not.
  const target = await unpackSource(source, join(directory, source));
  const tree = join(target, makeDirectory);
  if (configure)
    expect(await runCommand(configure, { directory: tree })).toMatchObject({ status: 0 });
  return tree;
}

function build(project: Project, tree: string, compiler: string): Promise<CommandResult> {
  const words = ['make', '-j8', ...project.targets, `CC=${compiler}`];
  return lab.runFrom('h1', words, { directory: tree, deadlineMs: BUILD_DEADLINE_MS });
}

/** Builds with the compiler alone, in the same directory, and cleans up. */
async function buildDirectly(project: Project, tree: string): Promise<Record<string, string>> {
  expect(await build(project, tree, project.compiler)).toMatchObject({ status: 0 });
  const digests = objectDigests(tree);
  expect(Object.keys(digests).length).toBeGreaterThan(10);
  expect(await runCommand(['make', 'clean'], { directory: tree })).toMatchObject({ status: 0 });
  expect(objectDigests(tree)).toEqual({});
  return digests;
}

function objectFiles(tree: string): string[] {
  return readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.l?o$/.test(path))
    .toSorted();
}

function objectDigests(tree: string): Record<string, string> {
  const digest = (path: string): string =>
    createHash('sha256')
      .update(readFileSync(join(tree, path)))
      .digest('hex');
  return Object.fromEntries(objectFiles(tree).map((path) => [path, digest(path)]));
}

async function waitForObjects(tree: string, count: number): Promise<void> {
  await waitUntil(`${count} objects`, () => objectFiles(tree).length >= count);
}

/** A compiler that notes on which host it runs; under sshd that is the address it was reached at. */
function countingCompiler(project: Project): { counted: string; workers(): string[] } {
  const counted = join(directory, `${project.source}-cc`);
  const notes = `${counted}.notes`;
  const note = `echo "\${SSH_CONNECTION:-here}" | cut -d' ' -f3 >>${notes}`;
  writeFileSync(counted, `#!/bin/sh\n${note}\nexec ${project.compiler} "$@"\n`);
  chmodSync(counted, 0o755);
  return {
    counted,
    workers: () => readFileSync(notes, 'utf8').split('\n').filter(Boolean),
  };
}
