/**
 * Test suites of other projects, with the program that they test wrapped by dsh: they must say the
 * same, to the byte, as without it.
 */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { type CommandResult, runCommand } from '../../lab/command.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { projectDirectory } from '../../lab/project.ts';
import { unpackSource } from '../support/debian-source.ts';
import { describeWith } from '../support/lab-requirements.ts';

/** Of one script. */
const DEADLINE_MS = 300_000;
/** Of them all, which take 100 s on two free CPUs. */
const SUITE_DEADLINE_MS = 1_800_000;

/** Of the 75 scripts 61 find nothing wrong with Debian's bash; they start it 604 times (November 2026). */
const PASSES_MIN = 55;
const CALLS_MIN = 500;

interface ScriptEnd {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** All that the bash under test has said to it. */
  readonly said: string;
}

let lab: Lab;
let directory: string;

async function prepare(): Promise<void> {
  lab = await startLoopbackLab({ hosts: 2 });
  directory = mkdtempSync(join(tmpdir(), 'dsh-suites-'));
}

async function cleanUp(): Promise<void> {
  await lab.close();
  rmSync(directory, { recursive: true });
}

describeWith(
  ['openssh-server', 'openssh-client', 'gcc', 'libc6-dev', 'make', 'dpkg-dev', 'source:zlib'],
  'the test suite of zlib, whose programs run on another host',
  () => {
    beforeAll(prepare);
    afterAll(cleanUp);

    test('says that all is well, for the static and the shared library', async () => {
      const tree = await unpackSource('zlib', join(directory, 'zlib'));
      for (const words of [['./configure'], ['make', '-j2', 'all']]) {
        expect(await runCommand(words, { directory: tree })).toMatchObject({ status: 0 });
      }
      const make = (runner: string): Promise<CommandResult> =>
        lab.runFrom('h1', ['make', 'test', `QEMU_RUN=${runner}`], { directory: tree });
      const direct = await make('');
      expect(direct.stdout.match(/\*\*\* zlib .*test OK \*\*\*/g)).toHaveLength(3);
      const remote = await make('dsh -v -H h2');
      // Each program that ran there has said so; what else is said is the same.
      expect(remote.stderr.match(/^dsh: h2$/gm)!.length).toBeGreaterThan(5);
      const stderr = remote.stderr.replaceAll('dsh: h2\n', '');
      expect({ ...remote, stderr }).toEqual(direct);
    });
  },
);

/**
 * Most of the suite writes both streams to one file. Two streams keep no order between them, so
 * they are made one on the other host.
 */
const mergeStreams = `#include <unistd.h>
int main(int count, char **words) { return count > 1 && dup2(1, 2) == 2 && execv(words[1], words + 1); }
`;

const leftOut: ReadonlySet<string> = new Set([
  // Not tests, or others once more.
  'run-all',
  'run-minimal',
  'run-gprof',
  // It needs a terminal.
  'run-jobs',
  // They hand on a descriptor beyond the three, which dsh does not carry.
  'run-redir',
  // They differ from one direct run to the next: whether a coprocess, or a process substitution
  // that is waited for, is reaped yet (1 of 60 runs on 0.3 CPU).
  'run-nameref',
  'run-procsub',
  // They look at the clock twice, and want no second between or not 10 ms.
  'run-posixpipe',
  'run-printf',
  // Seconds of sleep or of computing, and hardly a process.
  'run-ifs-posix',
  'run-trap',
]);

describeWith(
  ['openssh-server', 'openssh-client', 'gcc', 'libc6-dev', 'dpkg-dev', 'source:bash'],
  'the test suite of bash, where each bash that it starts runs on another host',
  () => {
    let tests: string;
    /** Has a byte for each bash that was started by dsh. */
    let calls: string;

    beforeAll(async () => {
      await prepare();
      const tree = await unpackSource('bash', join(directory, 'bash'));
      tests = join(tree, 'tests');
      for (const name of ['recho', 'zecho', 'printenv', 'xcase']) {
        await compile(tree, `tests/${name}`, `support/${name}.c`);
      }
      calls = join(directory, 'calls');
      const merge = join(directory, 'merge');
      writeFileSync(`${merge}.c`, mergeStreams);
      await compile(tree, merge, `${merge}.c`);
      // Some of the suite sets PATH.
      const dsh = `${projectDirectory}/dist/dsh -H h2 --`;
      writeShell('direct', 'exec /bin/bash "$@"');
      writeShell(
        'remote',
        `echo >>${calls}
[ /dev/stdout -ef /dev/stderr ] && exec ${dsh} ${merge} /bin/bash "$@"
exec ${dsh} /bin/bash "$@"`,
      );
    });
    afterAll(cleanUp);

    test(
      'says the same',
      async () => {
        const names = readdirSync(tests).filter(
          (name) => name.startsWith('run-') && !leftOut.has(name),
        );
        expect(names.length).toBeGreaterThan(70);
        let passes = 0;
        for (const name of names) {
          const direct = await runTest(name, 'direct');
          // A script of the suite prints how its output differs from what it should be.
          if (direct.status === 0 && direct.stdout === '') passes += 1;
          expect.soft(await runTest(name, 'remote'), name).toEqual(direct);
        }
        expect(passes).toBeGreaterThan(PASSES_MIN);
        expect(statSync(calls).size).toBeGreaterThan(CALLS_MIN);
      },
      SUITE_DEADLINE_MS,
    );

    async function compile(tree: string, program: string, source: string): Promise<void> {
      const words = ['gcc', '-w', '-I.', '-Iinclude', '-o', program, source];
      expect(await runCommand(words, { directory: tree })).toMatchObject({ status: 0 });
    }

    function writeShell(folder: string, text: string): void {
      mkdirSync(join(directory, folder));
      const file = shellFile(folder);
      writeFileSync(file, `#!/bin/bash\n${text}\n`);
      chmodSync(file, 0o755);
    }

    /** The suite copies it, and names it by the last part of its path. */
    function shellFile(folder: string): string {
      return join(directory, folder, 'this-sh');
    }

    async function runTest(name: string, folder: string): Promise<ScriptEnd> {
      const scratch = join(directory, 'scratch');
      mkdirSync(scratch);
      const { DSH_SOCKET, DSH_AGENT, DSH_RSH, DSH_EXEC, DSH_LAB, PATH } = lab.environment('h1');
      const { status, stdout, stderr } = await runCommand(
        ['/bin/sh', '-c', 'exec sh "$1" </dev/null', 'sh', name],
        {
          directory: tests,
          deadlineMs: DEADLINE_MS,
          environment: {
            DSH_SOCKET,
            DSH_AGENT,
            DSH_RSH,
            DSH_EXEC,
            DSH_LAB,
            PATH: `.:${PATH}`,
            HOME: directory,
            LANG: 'C.UTF-8',
            TMPDIR: scratch,
            BASH_TSTOUT: join(scratch, 'output'),
            BUILD_DIR: join(tests, '..'),
            THIS_SH: shellFile(folder),
          },
        },
      );
      const said = readdirSync(scratch).includes('output')
        ? readFileSync(join(scratch, 'output'), 'latin1')
        : '';
      rmSync(scratch, { recursive: true });
      return { status, stdout, stderr, said };
    }
  },
);
