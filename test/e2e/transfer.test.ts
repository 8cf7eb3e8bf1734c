/** `--send`, `--fetch`, `--base`, `--cleanup` with a node that shares no directory, and GNU parallel's. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { CommandResult } from '../../lab/command.ts';
import { type NetnsLab, startNetnsLab } from '../../lab/netns.ts';
import { describeWith } from '../support/lab-requirements.ts';

const needs = [
  'root',
  'iproute2',
  'openssh-server',
  'openssh-client',
  'rsync',
  'parallel',
] as const;

describeWith(needs, 'a node that does not share the directory', () => {
  let lab: NetnsLab;
  /** Shared, and below it one that each host has for itself. */
  let folder: string;
  let own: string;

  beforeAll(async () => {
    lab = await startNetnsLab({ hosts: 2 });
    folder = mkdtempSync(join(tmpdir(), 'dsh-transfer-'));
    own = join(folder, 'own');
    mkdirSync(own);
    await onNode(`mount -t tmpfs tmpfs ${own}`);
    return async () => {
      await lab.close();
      rmSync(folder, { recursive: true });
    };
  });

  let work: string;
  let count = 0;
  beforeEach(() => {
    count += 1;
    work = join(own, `dir${count}`, "it's");
    mkdirSync(join(work, 'sub'), { recursive: true });
    writeFileSync(join(work, 'a b'), 'hello\n');
    writeFileSync(join(work, 'sub/script'), '#!/bin/sh\ntr a-z A-Z\n', { mode: 0o751 });
  });

  async function onNode(line: string): Promise<string> {
    const { stdout, stderr, status } = await lab.runFrom('h2', ['sh', '-c', line]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    return stdout;
  }

  function dsh(...words: readonly string[]): Promise<CommandResult> {
    return lab.runFrom('h1', ['dsh', '-H', 'h2', ...words], { directory: work });
  }

  async function here(line: string): Promise<string> {
    return (await lab.runFrom('h1', ['sh', '-c', line], { directory: work })).stdout;
  }

  const files = 'find . -type f -printf "%p %m %s\\n" | sort';

  test('is found out before the command starts, and the message names the way out', async () => {
    const { status, stderr } = await dsh('touch', 'x');
    expect(status).toBe(125);
    expect(stderr).toMatch(/^dsh: h2: cannot enter .*\(--send copies files\)\n$/);
  });

  test('gets files, runs, gives files back, and is clean after that', async () => {
    const words = ['--send', 'a b', '--send', 'sub/script', '--fetch', 'out/result', '--cleanup'];
    const command = 'mkdir out; sub/script <"a b" >out/result; stat -c %a sub/script; hostname';
    const end = await dsh(...words, '--sh', command);
    expect(end).toMatchObject({ status: 0, stdout: '751\nh2\n', stderr: '' });
    expect(await here('cat out/result')).toBe('HELLO\n');
    expect(await onNode(`ls -A ${own}`)).toBe('');
  });

  test('keeps what nobody asks to remove, and base files in any case', async () => {
    const words = ['--base', 'sub/script', '--send', 'a b', '--fetch', 'c', '--cleanup'];
    expect(await dsh(...words, 'cp', 'a b', 'c')).toMatchObject({ status: 0, stderr: '' });
    expect(await onNode(`cd "${work}" && ${files}`)).toBe('./sub/script 751 21\n');
    expect(await dsh('--send', 'a b', 'true')).toMatchObject({ status: 0, stderr: '' });
    expect(await onNode(`cd "${work}" && cat "a b"`)).toBe('hello\n');
  });

  test('that cannot be sent a file does not run the command', async () => {
    const end = await dsh('--send', 'missing', '--fetch', 'ran', 'touch', 'ran');
    expect(end.status).toBe(122);
    expect(end.stderr).toMatch(/^dsh: cannot send missing: there is no such file here\n$/);
    expect(await here('ls')).not.toContain('ran');
  });

  test('whose file cannot be fetched has not succeeded', async () => {
    const end = await dsh('--send', 'a b', '--fetch', 'none', 'true');
    expect(end.status).toBe(122);
    expect(end.stderr).toMatch(/^dsh: h2: cannot fetch none: /);
    // What the command says of itself comes first.
    expect((await dsh('--fetch', 'none', 'sh', '-c', 'exit 7')).status).toBe(7);
  });

  test('and one that does share it keeps its files', async () => {
    work = join(folder, 'shared');
    mkdirSync(work);
    writeFileSync(join(work, 'a'), 'a');
    const end = await dsh('--send', 'a', '--fetch', 'b', '--cleanup', 'cp', 'a', 'b');
    expect(end).toMatchObject({ status: 0, stdout: '' });
    expect(end.stderr).toBe(`dsh: h2 shares ${work}: no file is sent or removed\n`);
    expect(await here('ls')).toBe('a\nb\n');
  });

  test('takes any name, and everything', async () => {
    const names = ['-n', '#1', '*', 'new\nline', 'a  b"\'$(x)', '.hidden', 'ä'];
    for (const name of names) writeFileSync(join(work, name), name);
    writeFileSync(join(work, 'other'), '');
    const back = names.map((name) => ['--fetch', `out/${name}`]).flat();
    const there = names.map((name) => ['--send', name]).flat();
    const command = 'find . -type f -printf x; mkdir out; cp -- "$@" out';
    const end = await dsh(...there, ...back, '--cleanup', '--sh', command, '--', ...names);
    expect(end).toMatchObject({ status: 0, stdout: 'x'.repeat(names.length), stderr: '' });
    for (const name of names) expect(readFileSync(join(work, 'out', name), 'utf8')).toBe(name);
    expect(await onNode(`ls ${own}`)).not.toContain(`dir${count}\n`);
    const all = await dsh('--send', '.', '--cleanup', '--sh', 'cat .hidden sub/script');
    expect(all).toMatchObject({ status: 0, stderr: '', stdout: '.hidden#!/bin/sh\ntr a-z A-Z\n' });
    expect(await onNode(`ls ${own}`)).not.toContain(`dir${count}\n`);
  });

  test('is the directory as the user knows it, which may lead through a link', async () => {
    symlinkSync(work, join(work, 'sub/link'));
    const line = 'cd sub/link && dsh -H h2 --send "a b" --fetch c cp "a b" c && cat c';
    expect(await here(line)).toBe('hello\n');
  });

  test('has a full disk, and the command does not run', async () => {
    await onNode(`mkdir -p '${own}/full'; mount -t tmpfs -o size=64k tmpfs '${own}/full'`);
    work = join(own, 'full');
    mkdirSync(work);
    writeFileSync(join(work, 'big'), Buffer.alloc(100_000));
    const end = await dsh('--send', 'big', '--cleanup', 'echo', 'ran');
    expect(end).toMatchObject({ status: 122, stdout: '' });
    expect(end.stderr).toMatch(/^dsh: h2: cannot send big: rsync: .*No space left on device/);
    expect(await onNode(`ls -A ${work}`)).toBe('');
  });

  test('whose runner is killed in the middle of a file', async () => {
    const killing = `
      while :; do
        runner=$(pgrep -f '[d]shexec.*--serve' | head -n 1)
        pgrep -f '[r]sync --server' >/dev/null && kill -KILL $runner && exit
        sleep 0.01
      done`;
    await here('head -c 300000000 /dev/zero >big');
    const [end] = await Promise.all([
      dsh('--send', 'big', 'echo', 'ran'),
      lab.runFrom('h2', ['sh', '-c', killing]),
    ]);
    expect(end).toMatchObject({ status: 122, stdout: '' });
    expect(end.stderr).toMatch(/^dsh: h2: cannot send big: dsh: h2: contact was lost: /);
    await here('rm big');
  });

  test('and a signal meanwhile leave nothing behind', async () => {
    const line = `
      head -c 300000000 /dev/zero >big
      dsh -H h2 --send big echo ran & pid=$!
      until pgrep -f '[r]sync.*files-from' >/dev/null; do sleep 0.01; done
      kill -TERM $pid; wait $pid; echo $?; ls -A; rm big
      while pgrep -f '[r]sync.*files-from' >/dev/null; do sleep 0.1; done`;
    expect(await here(line)).toBe('143\na b\nbig\nsub\n');
  });

  test('does what GNU parallel --trc does', async () => {
    work = join(own, 'parallel');
    mkdirSync(join(work, 'in'), { recursive: true });
    for (const name of ['one', 'two']) writeFileSync(join(work, 'in', name), `${name}\n`);
    const shell = lab.remoteShell;
    const task = 'tr a-z A-Z <{} >{}.out; hostname >>{}.out';
    const parallel =
      `yes will cite | parallel --citation >/dev/null 2>&1; parallel --ssh '${shell}' -S h2 ` +
      `--wd '${work}' --trc {}.out '${task}' ::: in/one in/two`;
    const result = `cd in; ${files}; cat *.out; rm *.out`;
    const expected = await here(`${parallel}; ${result}`);
    expect(expected).toContain('ONE\nh2\n');
    expect(await onNode(`find ${work} -type f 2>/dev/null; :`)).toBe('');
    const each = task.replaceAll('{}', '"$1"');
    const ours =
      `for f in in/one in/two; do dsh -H h2 --send $f --fetch $f.out --cleanup ` +
      `--sh '${each}' $f; done`;
    expect(await here(`${ours}; ${result}`)).toBe(expected);
    expect(await onNode(`find ${work} -type f 2>/dev/null; :`)).toBe('');
  });
});
