/** Commands on a terminal of the native runner. */
import { constants } from 'node:os';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { type Command, MODES_BYTES } from '../../src/core/wire/command.ts';
import { createLifeline } from '../support/lifeline.ts';
import { startRunner, type TestJob, type TestRunner, toBytes } from '../support/runner.ts';
import { nativeProgram } from './program.ts';

const folder = createTemporaryFolder();
const window = { rows: 33, columns: 101, widthPixels: 800, heightPixels: 600 };
let runner: TestRunner;

function onTerminal(text: string, changes: Partial<Command> = {}, zero = 'bash'): TestJob {
  const words = toBytes('bash', '--norc', '--noprofile', '-c', text, zero);
  return runner.start({ arguments: words, terminals: 7, window, ...changes });
}

function type(job: TestJob, keys: string): void {
  job.send({ type: 'data', stream: 0, bytes: Buffer.from(keys) });
}

describe.runIf(nativeProgram !== undefined)('a terminal', () => {
  beforeAll(async () => {
    runner = await startRunner(nativeProgram!);
    return () => runner.link.destroy();
  });

  it('is what the command sees at 0, 1, 2 and as /dev/tty, with its size', async () => {
    const job = onTerminal(
      'test -t 0 -a -t 1 -a -t 2 && stty size && echo typed >/dev/tty; tty <&2; ps -o tpgid= $$',
    );
    const { pid } = await job.frame('started');
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toMatch(
      new RegExp(`^33 101\r\ntyped\r\n/dev/pts/\\d+\r\n *${pid}\r\n$`),
    );
    expect(job.frames.some((frame) => frame.type === 'eof' && frame.stream === 2)).toBe(false);
  });

  it('has the modes of the client', async () => {
    const modes = Buffer.alloc(MODES_BYTES);
    const [ICRNL, ONLCR_OPOST, B38400_CS8_CREAD, ISIG_ICANON] = [0o400, 0o5, 0o277, 0o3];
    [ICRNL, ONLCR_OPOST, B38400_CS8_CREAD, ISIG_ICANON].forEach((flags, index) => {
      modes.writeUInt32BE(flags, index * 4);
    });
    // ^X interrupts.
    modes[17] = 0x18;
    const job = onTerminal('stty -a', { modes });
    await job.end();
    const report = job.output(1).toString();
    expect(report).toMatch(/speed 38400 baud/);
    expect(report).toMatch(/intr = \^X; quit = <undef>/);
    expect(report).toMatch(/ icanon .*-echo /s);
    expect(report).toMatch(/ icrnl .*-ixon/s);
  });

  it('echoes, edits a line, and ends its input at ^D', async () => {
    const job = onTerminal('cat; echo over');
    type(job, 'abX\u007fc\r');
    await job.said(1, 'abc\r\n');
    job.send({ type: 'eof', stream: 0 });
    type(job, '\u0004');
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toContain('abc\r\nover\r\n');
  });

  it('is resized, and the command hears of it', async () => {
    const job = onTerminal("trap 'stty size; kill $!; exit' WINCH; sleep 1000 & echo ready; wait");
    await job.said(1, 'ready');
    job.send({ type: 'resize', rows: 50, columns: 132 });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toContain('50 132\r\n');
  });

  it.each([
    ['^C', '\u0003', 'SIGINT'],
    ['^\\', '\u001c', 'SIGQUIT'],
  ] as const)('%s is %s', async (_, key, name) => {
    // A shell would ignore SIGQUIT, so it is cat that says when it is there.
    const job = onTerminal('ulimit -c 0; exec cat');
    type(job, 'ready\r');
    await job.said(1, 'ready\r\nready');
    type(job, key);
    expect(await job.end()).toEqual({ type: 'signalled', signal: constants.signals[name] });
  });

  it('^Z stops the command, and SIGCONT lets it go on', async () => {
    const job = onTerminal('echo ready; cat');
    await job.said(1, 'ready');
    type(job, '\u001a');
    expect(await job.frame('stopped')).toEqual({
      type: 'stopped',
      signal: constants.signals.SIGTSTP,
    });
    job.send({ type: 'signal', signal: constants.signals.SIGCONT });
    type(job, 'again\r\u0004');
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toContain('again\r\nagain\r\n');
  });

  it('has a shell whose jobs stop and go on', async () => {
    const words = toBytes('bash', '--norc', '--noprofile', '-i');
    const job = runner.start({
      arguments: words,
      terminals: 7,
      variables: toBytes('PATH=/usr/bin:/bin', 'PS1=prompt:', 'TERM=dumb'),
    });
    await job.said(1, 'prompt:');
    // What is typed before a program has set its modes may be taken otherwise.
    type(job, 'printf "r%s\\n" eady; cat\r');
    await job.said(1, 'ready');
    type(job, 'hello\r');
    await job.said(1, 'hello\r\nhello\r\n');
    type(job, '\u001a');
    await job.said(1, 'Stopped                 cat\r\nprompt:');
    type(job, 'fg\r');
    await job.said(1, 'fg\r\ncat\r\n');
    type(job, 'back\r');
    await job.said(1, 'back\r\nback\r\n');
    type(job, '\u0003');
    await job.said(1, '^C\r\nprompt:');
    type(job, 'exit 7\r');
    expect(await job.end()).toEqual({ type: 'exited', status: 7 });
    expect(job.output(1).toString()).not.toContain('no job control');
    expect(job.frames.some((frame) => frame.type === 'stopped')).toBe(false);
  });

  it('passes an interrupt of the client to the group in its foreground', async () => {
    const foreground = `trap 'echo job; kill $!; exit 3' INT; sleep 1000 & echo ready; wait`;
    const job = onTerminal('set -m; trap "echo shell" INT; sh -c "$0"; echo $?', {}, foreground);
    await job.said(1, 'ready');
    job.send({ type: 'signal', signal: constants.signals.SIGINT });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toBe('ready\r\njob\r\n3\r\n');
  });

  it('that is only one of the outputs carries what goes to it', async () => {
    const job = onTerminal('echo out; echo err >&2; cat', { terminals: 4 });
    type(job, 'in');
    job.send({ type: 'eof', stream: 0 });
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toBe('out\nin');
    expect(job.output(2).toString()).toBe('err\r\n');
  });

  it('that is only the input says on stream 0 what it echoes', async () => {
    const job = onTerminal('read -r line; echo "<$line>"', { terminals: 1 });
    type(job, 'typed\r');
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(0).toString()).toBe('typed\r\n');
    expect(job.output(1).toString()).toBe('<typed>\n');
  });

  it('loses none of its output', async () => {
    const job = onTerminal('stty -opost; head -c 1000000 /dev/zero; printf end');
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1)).toHaveLength(1_000_003);
    expect(job.output(1).subarray(-3).toString()).toBe('end');
  });

  it('stays, even while the command has it not open', async () => {
    const text = 'exec 1>&- 2>&-; echo closed >/dev/tty; read -r _; echo back >/dev/tty';
    const job = onTerminal(text, { terminals: 6 });
    await job.said(1, 'closed');
    type(job, '\n');
    expect(await job.end()).toEqual({ type: 'exited', status: 0 });
    expect(job.output(1).toString()).toBe('closed\r\nback\r\n');
  });

  it('is hung up when its reader is gone', async () => {
    const lifeline = createLifeline(folder);
    const job = onTerminal(`exec sleep 1000 3>${lifeline.path}`);
    await lifeline.opened;
    job.send({ type: 'broken', stream: 1 });
    expect(await job.end()).toEqual({ type: 'signalled', signal: constants.signals.SIGHUP });
    await lifeline.closed;
  });
});
