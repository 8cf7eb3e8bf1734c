/** What the native runner does about files: compares them before a command, tells of them after it. */
import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Coherence } from '../../src/core/wire/command.ts';
import {
  decodeFileReports,
  encodeFileReport,
  type FileReport,
  readStampMs,
} from '../../src/core/wire/file-report.ts';
import { startRunner, type TestRunner, toBytes } from '../support/runner.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { nativeProgram } from './program.ts';

const folder = createTemporaryFolder();
let runner: TestRunner;
let count = 0;

/** A new directory for each command. */
function makeDirectory(): string {
  count += 1;
  const directory = join(folder, `dir${count}`);
  mkdirSync(directory);
  return directory;
}

function run(
  directory: string,
  line: string,
  coherence: Partial<Coherence> = {},
): ReturnType<TestRunner['start']> {
  return runner.start({
    arguments: toBytes('sh', '-c', line),
    directory: Buffer.from(directory),
    coherence: { limitMs: 1000, directoryInode: 0, knownFiles: [], ...coherence },
  });
}

async function changesOf(
  directory: string,
  line: string,
  knownFiles: readonly Uint8Array[] = [],
): Promise<Record<string, FileReport['kind']>> {
  const job = run(directory, line, { knownFiles });
  expect(await job.end()).toEqual({ type: 'exited', status: 0 });
  const reports = job.frames.flatMap((frame) =>
    frame.type === 'changed' ? decodeFileReports(frame.fields) : [],
  );
  return Object.fromEntries(reports.map(({ path, kind }) => [Buffer.from(path).toString(), kind]));
}

function known(path: string, changes: Partial<FileReport> = {}): Uint8Array {
  const nothing = { bytes: 0n, mtimeNs: 0n, ctimeNs: 2n ** 63n };
  return encodeFileReport({ kind: 'file', ...nothing, path: Buffer.from(path), ...changes });
}

if (nativeProgram !== undefined) {
  beforeAll(async () => {
    runner = await startRunner(nativeProgram!);
    return () => runner.link.destroy();
  });
}

describe.runIf(nativeProgram !== undefined)('after a command the client hears of', () => {
  it.each([
    ['nothing, where nothing happened', 'cat old', {}],
    ['a new file', 'echo >a', { a: 'file' }],
    ['one that was written', 'echo >>old', { old: 'file' }],
    ['one that was touched', 'touch old', { old: 'file' }],
    ['one that was removed', 'rm old', { old: 'absent' }],
    ['one that was renamed', 'mv old new', { old: 'absent', new: 'file' }],
    ['a link', 'ln -s nowhere link', { link: 'file' }],
    ['a new directory and all in it', 'mkdir -p d/e; echo >d/e/a', dir('d', 'd/e', 'd/e/a')],
    ['a directory that came with all in it', 'mv ../ready d', dir('d', 'd/e', 'd/e/a')],
    ['nothing in a directory that no word names', 'echo >sub/a', {}],
  ] as const)('%s', async (_, line, expected) => {
    const directory = makeDirectory();
    writeFileSync(join(directory, 'old'), 'text');
    mkdirSync(join(directory, 'sub'));
    mkdirSync(join(directory, '../ready/e'), { recursive: true });
    writeFileSync(join(directory, '../ready/e/a'), '');
    expect(await changesOf(directory, line)).toEqual(expected);
  });

  it('what happens in directories that the words name', async () => {
    const directory = makeDirectory();
    mkdirSync(join(directory, 'sub'));
    mkdirSync(join(directory, 'other'));
    writeFileSync(join(directory, 'other/x'), '');
    const files = [known('sub', { kind: 'directory' }), known('other/x', realState(directory))];
    expect(await changesOf(directory, 'echo >sub/a; echo >other/b', files)).toEqual({
      'sub/a': 'file',
      'other/b': 'file',
    });
  });

  it('each of 5,000 files', async () => {
    const line = 'i=0; while [ $i -lt 5000 ]; do : >f$i; i=$((i+1)); done';
    expect(Object.keys(await changesOf(makeDirectory(), line))).toHaveLength(5000);
  });

  it('the directory alone, if there are too many', async () => {
    const line = 'i=0; while [ $i -lt 17000 ]; do : >f$i; i=$((i+1)); done';
    expect(await changesOf(makeDirectory(), line)).toMatchObject({ '.': 'within' });
  });
});

describe.runIf(nativeProgram !== undefined)('the agent hears how the file server stamps', () => {
  async function stampsOf(line: string, isOnNfs: boolean): Promise<number[]> {
    const directory = makeDirectory();
    writeFileSync(join(directory, 'old'), 'text');
    utimesSync(join(directory, 'old'), 1, 1);
    const { ino } = statSync(directory);
    const job = run(directory, line, { directoryInode: isOnNfs ? ino : 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    return job.frames.flatMap((frame) =>
      frame.type === 'changed' ? (readStampMs(frame.fields) ?? []) : [],
    );
  }

  it.each(['echo >a', 'echo >>old', 'mkdir d', 'echo >a; >>old', 'ln old a'])(
    '%s',
    async (line) => {
      const fromMs = Date.now();
      const stamps = await stampsOf(line, true);
      expect(stamps).toHaveLength(1);
      // Files are stamped by a clock of some milliseconds' grain.
      expect(stamps[0]).toBeGreaterThan(fromMs - 20);
      expect(stamps[0]).toBeLessThanOrEqual(Date.now());
    },
  );

  it.each([
    ['nothing was written', '>>old', true],
    ['what was written is gone', 'echo >a; rm a', true],
    ['the nodes stamp', 'echo >a', false],
  ])('unless %s', async (_, line, isOnNfs) => {
    expect(await stampsOf(line, isOnNfs)).toEqual([]);
  });
});

/** What `other/x` is. */
function realState(directory: string): Partial<FileReport> {
  const { mtimeNs, ctimeNs } = statSync(join(directory, 'other/x'), { bigint: true });
  return { mtimeNs, ctimeNs };
}

function dir(...paths: readonly string[]): Record<string, FileReport['kind']> {
  return Object.fromEntries(paths.map((path) => [path, path.endsWith('a') ? 'file' : 'directory']));
}

describe.runIf(nativeProgram !== undefined)('before a command', () => {
  it('a file is waited for', async () => {
    const directory = makeDirectory();
    const job = run(directory, 'cat late', { knownFiles: [known('late', { ctimeNs: 1n })] });
    writeFileSync(join(directory, 'late'), 'text');
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toBe('text');
  });

  it('one that does not come keeps it from starting', async () => {
    const knownFiles = [known('never', { bytes: 7n })];
    const end = await run(makeDirectory(), 'echo started', { knownFiles }).end();
    expect(end).toMatchObject({ type: 'failed', reason: 'incoherent' });
    expect(end).toHaveProperty(
      'message',
      expect.stringMatching(
        /^never is not there as it is here: expected 7 bytes of .*, found no such file, after 1\.0 s/,
      ),
    );
  });

  it('a directory of another inode keeps it from starting', async () => {
    const directory = makeDirectory();
    const end = await run(directory, ':', { directoryInode: 1 }).end();
    expect(end).toMatchObject({ type: 'failed', reason: 'incoherent' });
    const { ino } = statSync(directory);
    expect(await run(directory, ':', { directoryInode: ino }).end()).toMatchObject({ status: 0 });
  });
});
