/** What a command gets from the native runner: words, attributes, descriptors. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/core/wire/command.ts';
import { arbitraryCommand, expectedReport } from '../support/arbitrary-command.ts';
import { startRunner, type TestRunner, toBytes } from '../support/runner.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { nativeProgram } from './program.ts';

const folder = createTemporaryFolder();
const latin1Folder = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9)]);
let runner: TestRunner;

async function outputOf(text: string, changes: Partial<Command> = {}): Promise<string> {
  const job = runner.start({ arguments: toBytes('sh', '-c', text), ...changes });
  const end = await job.end();
  expect({ end, stderr: job.output(2).toString() }).toEqual({
    end: { type: 'exited', status: 0 },
    stderr: '',
  });
  return job.output(1).toString();
}

if (nativeProgram !== undefined) {
  beforeAll(async () => {
    mkdirSync(latin1Folder);
    // As from a remote shell that leaves a descriptor open, under nohup, and with little to spare.
    const wrapper = join(folder, 'wrapper');
    const text = `#!/bin/sh\ntrap '' HUP INT\nulimit -Sn 400\nexec 9</dev/null ${nativeProgram} "$@"\n`;
    writeFileSync(wrapper, text, { mode: 0o755 });
    runner = await startRunner(wrapper);
    return () => runner.link.destroy();
  });
}

describe.runIf(nativeProgram !== undefined)('a command', () => {
  it('gets any words and variables byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryCommand(latin1Folder), async (command) => {
        const job = runner.start(command);
        expect(await job.end()).toEqual({ type: 'exited', status: 0 });
        expect(job.output(1).toString('latin1')).toBe(expectedReport(command).toString('latin1'));
      }),
      { numRuns: 100 },
    );
  });

  it('gets variables that come twice, or have no name, as they came', async () => {
    const variables = toBytes('TWICE=first', 'PATH=/bin', 'TWICE=second', 'nothing', '=x');
    const text = 'tr "\\0" "\\n" <"/proc/$$/environ"';
    expect(await outputOf(text, { variables })).toBe(
      'TWICE=first\nPATH=/bin\nTWICE=second\nnothing\n=x\n',
    );
  });

  it('gets 100,000 words', async () => {
    const words = Array.from({ length: 100_000 }, (_, index) => String(index));
    const job = runner.start({ arguments: toBytes('sh', '-c', 'echo $# $100000', ...words) });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toMatch(/^99999 /);
  });

  it('gets its directory, of whatever bytes, and its umask', async () => {
    const changes = { directory: latin1Folder, umask: 0o027 };
    const job = runner.start({ arguments: toBytes('sh', '-c', 'umask; pwd -P'), ...changes });
    await job.end();
    const expected = Buffer.concat([Buffer.from('0027\n'), latin1Folder, Buffer.from('\n')]);
    expect(job.output(1)).toEqual(expected);
  });

  it('leads a group of its own, in which no signal is ignored or blocked', async () => {
    const text = 'ps -o pgid= -p $$; grep -E "Sig(Blk|Ign)" /proc/self/status';
    const job = runner.start({ arguments: toBytes('sh', '-c', text) });
    const { pid } = await job.frame('started');
    await job.end();
    const output = job.output(1).toString();
    expect(output.replaceAll(/[ \t]+/g, '')).toBe(
      `${pid}\nSigBlk:${'0'.repeat(16)}\nSigIgn:${'0'.repeat(16)}\n`,
    );
  });

  it.each([34, 63, 64])('dies of the real-time signal %i', async (signal) => {
    const job = runner.start({ arguments: toBytes('bash', '-c', `kill -${signal} $$`) });
    expect(await job.end()).toEqual({ type: 'signalled', signal });
  });
});

describe.runIf(nativeProgram !== undefined)('the attributes of a command', () => {
  it('its nice value is set, where the user may', async () => {
    expect(await outputOf('nice', { nice: 7 })).toBe('7\n');
    expect(await outputOf('nice', { nice: 19 })).toBe('19\n');
    expect(await outputOf('nice')).toBe('0\n');
  });

  const limits: readonly [string, string, readonly [number, number], string][] = [
    ['both', '-n', [100, 200], '100 200'],
    ['unlimited, where the node has no less', '-f', [Infinity, Infinity], 'unlimited unlimited'],
    ['equal', '-c', [0, 0], '0 0'],
    ['a soft one above the hard one', '-n', [300, 200], '200 200'],
  ];
  const resources: Record<string, number> = { '-f': 1, '-c': 4, '-n': 7 };

  it.each(limits)('limits are set: %s', async (_, option, [soft, hard], expected) => {
    const limit = { resource: resources[option]!, soft, hard };
    const text = `echo $(ulimit -S ${option}) $(ulimit -H ${option})`;
    expect(await outputOf(text, { limits: [limit] })).toBe(`${expected}\n`);
  });

  it('a limit is never above that of the node, and an unknown one is passed over', async () => {
    const own = (await outputOf('ulimit -Hn')).trim();
    const wanted = [
      { resource: 7, soft: Infinity, hard: Infinity },
      { resource: 200, soft: 1, hard: 1 },
    ];
    const text = 'echo $(ulimit -Sn) $(ulimit -Hn)';
    expect(await outputOf(text, { limits: wanted })).toBe(`${own} ${own}\n`);
  });

  it('the limit of open files is the node’s, not what the runner has raised it to', async () => {
    expect(await outputOf('ulimit -Sn')).toBe('400\n');
  });

  it('a limit is enforced by the node', async () => {
    const limit = { resource: 0, soft: 1, hard: 2 };
    const job = runner.start({
      arguments: toBytes('sh', '-c', 'while :; do :; done'),
      limits: [limit],
    });
    expect(await job.end()).toEqual({ type: 'signalled', signal: constants.signals.SIGXCPU });
  });
});

describe.runIf(nativeProgram !== undefined)('the descriptors of a command', () => {
  const kinds = 'for fd in 0 1 2; do readlink /proc/$$/fd/$fd || echo closed; done >REPORT 2>&1';

  async function kindsOf(changes: Partial<Command>): Promise<readonly string[]> {
    const fifo = join(folder, 'report');
    writeFileSync(fifo, '');
    const text = kinds.replace('REPORT', fifo);
    // The shell's own redirection would hide what it was given, so another one looks.
    const job = runner.start({ arguments: toBytes('sh', '-c', `(${text})`), ...changes });
    await job.end();
    return readFileSync(fifo, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/:\[.*/, '').replace(/\d+$/, ''));
  }

  it.each([
    ['pipes', {}, ['pipe', 'pipe', 'pipe']],
    ['closed: 0', { closed: 1 }, ['closed', 'pipe', 'pipe']],
    ['closed: all', { closed: 7 }, ['closed', 'closed', 'closed']],
    ['/dev/null: 0 and 1', { devNull: 3 }, ['/dev/null', '/dev/null', 'pipe']],
    [
      'closed rather than /dev/null',
      { devNull: 7, closed: 2 },
      ['/dev/null', 'closed', '/dev/null'],
    ],
    ['a terminal: all', { terminals: 7 }, ['/dev/pts/', '/dev/pts/', '/dev/pts/']],
    ['a terminal: 0', { terminals: 1 }, ['/dev/pts/', 'pipe', 'pipe']],
    ['each its own', { terminals: 4, devNull: 1, closed: 2 }, ['/dev/null', 'closed', '/dev/pts/']],
  ] as const)('are %s', async (_, changes, expected) => {
    expect(await kindsOf(changes)).toEqual(expected);
  });

  it('are no more than three, whatever the runner was given and its neighbours have', async () => {
    const neighbours = [{ terminals: 7 }, {}].map((changes) =>
      runner.start({ arguments: toBytes('cat'), ...changes }),
    );
    await Promise.all(neighbours.map((job) => job.frame('started')));
    // The last is that of ls on the folder itself.
    const job = runner.start({ arguments: toBytes('ls', '/proc/self/fd') });
    await job.end();
    expect(job.output(1).toString()).toBe('0\n1\n2\n3\n');
    for (const neighbour of neighbours) neighbour.send({ type: 'abandon' });
    await Promise.all(neighbours.map((neighbour) => neighbour.end()));
  });

  it('give a writer whose client has none EBADF, and a reader too', async () => {
    const job = runner.start({ arguments: toBytes('sh', '-c', 'cat; echo x'), closed: 3 });
    expect(await job.end()).toMatchObject({ type: 'exited' });
    expect(job.output(2).toString()).toMatch(/Bad file descriptor/);
    expect(job.output(1)).toHaveLength(0);
  });

  it('that are closed or /dev/null answer input with BROKEN', async () => {
    const job = runner.start({ arguments: toBytes('cat'), terminals: 0, devNull: 1, closed: 0 });
    job.send({ type: 'data', stream: 0, bytes: Buffer.from('lost') });
    expect(await job.frame('broken')).toEqual({ type: 'broken', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
  });
});
