/** At a real terminal: keys, sizes, stops, and what is left of it all afterwards. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { startLoopbackLab } from '../../lab/loopback.ts';
import { waitUntil } from '../../lab/wait.ts';
import { nativeProgram } from '../native/program.ts';
import { isAlive, parentOf } from '../native/processes.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { openScreen, type Screen } from '../support/tmux.ts';

let lab: Lab;
let directory: string;
let screen: Screen;

async function startLab(): Promise<void> {
  lab = await startLoopbackLab({ hosts: 2 });
  directory = mkdtempSync(join(tmpdir(), 'dsh-terminal-'));
}

async function endLab(): Promise<void> {
  await lab.close();
  rmSync(directory, { recursive: true });
}

async function open(): Promise<void> {
  screen = await openScreen(directory, { ...lab.environment('h1'), DSH_EXEC: runner() });
  await screen.enter('stty -g >before');
}

/** The native runner alone has terminals. */
function runner(): string {
  const path = join(directory, 'dshexec');
  writeFileSync(path, `#!/bin/sh\nexec ${nativeProgram} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

/** The shell has the terminal again, with the modes of the beginning. */
async function expectModesOfBefore(): Promise<void> {
  await screen.enter('clear; stty -g | cmp - before && echo as "before"');
  await screen.shows(/^as before$/m);
}

const requirements = ['openssh-server', 'openssh-client', 'gcc', 'libc6-dev', 'make'] as const;

describeWith([...requirements, 'tmux'], 'a terminal, for a command on', () => {
  beforeAll(startLab);
  afterAll(endLab);
  beforeEach(open);
  afterEach(() => screen.close());

  describe.each([
    ['another node', 'h2'],
    ['this node', 'h1'],
  ])('%s', (_, node) => {
    const dsh = `dsh -H ${node}`;

    test('is a terminal where it is one here, and only there', async () => {
      const text = 'for fd in 0 1 2; do [ -t $fd ] && echo tty $fd >&2; done\n';
      writeFileSync(join(directory, 'probe'), text);
      await screen.enter(`${dsh} sh probe`);
      await screen.shows(/^tty 0\ntty 1\ntty 2$/m);
      await screen.enter(`clear; ${dsh} sh probe | cat`);
      await screen.shows(/^tty 0\ntty 2\nhere>$/m);
    });

    test('has the modes and the size that it has here, and follows it', async () => {
      const follow = 'until [ "$(stty size)" = "31 93" ]; do sleep 0.1; done; echo as wide';
      await screen.enter(
        `stty intr ^A; stty -g >own; ${dsh} sh -c 'stty -g | cmp - own && stty size; ${follow}'`,
      );
      await screen.shows(/^24 80$/m);
      await screen.resize(93, 31);
      await screen.shows(/^as wide$/m);
    });

    test('that was stopped by ^S does not keep SIGTERM from ending a command', async () => {
      await screen.enter(`sh -c 'echo $$ >pid; exec ${dsh} yes' </dev/null`);
      await screen.shows(/^y\ny\n/m);
      await screen.press('C-s');
      const pid = Number(readFileSync(join(directory, 'pid'), 'latin1'));
      process.kill(pid, 'SIGTERM');
      await waitUntil('the end of dsh', () => !isAlive(pid));
      await screen.press('C-q');
      await screen.shows(/Terminated\nhere>$/m);
      await expectModesOfBefore();
    });

    test('^C ends a command by SIGINT', async () => {
      await screen.enter(`${dsh} sh -c 'echo ready; exec sleep 1000'; echo status $?`);
      await screen.shows(/^ready$/m);
      await screen.press('C-c');
      // What is typed before dsh has given the terminal back goes to the command, dead as it is.
      await screen.shows(/^here>\s*$/m);
      await screen.enter('echo status $?');
      await screen.shows(/^status 130$/m);
      await expectModesOfBefore();
    });

    test('^Z stops it, fg lets it go on, and the terminal changes hands', async () => {
      await screen.enter(`${dsh} sh -c 'echo ready; read x; echo "<$x>"'`);
      await screen.shows(/^ready$/m);
      await screen.press('C-z');
      await screen.shows(/Stopped/);
      await expectModesOfBefore();
      await screen.enter('fg');
      await screen.enter('line');
      await screen.shows(/^<line>$/m);
      await expectModesOfBefore();
    });

    test('^Z and bg: it goes on, and leaves the terminal alone', async () => {
      const pipe = join(directory, `pipe-${node}`);
      await screen.enter(`mkfifo ${pipe}`);
      await screen.enter(`${dsh} sh -c 'echo ready; read x <${pipe}; echo "<$x>"'`);
      await screen.shows(/^ready$/m);
      await screen.press('C-z');
      await screen.shows(/Stopped/);
      await screen.enter('bg');
      await screen.enter('echo the shell "reads"');
      await screen.shows(/^the shell reads$/m);
      await screen.enter(`echo word >${pipe}`);
      await screen.shows(/<word>$/m);
      await expectModesOfBefore();
    });
  });

  test('this node: modes that it sets stay set', async () => {
    await screen.enter('dsh -H h1 stty intr ^B; dsh -H h1 true; stty -a');
    await screen.shows(/^intr = \^B;/m);
  });

  test('a whole shell job stops and goes on, not dsh alone', async () => {
    await screen.enter(`sh -c 'dsh -H h2 sh -c "echo ready; read x"; echo after $?'`);
    await screen.shows(/^ready$/m);
    await screen.press('C-z');
    await screen.shows(/Stopped/);
    await screen.enter('fg');
    await screen.press('Enter');
    await screen.shows(/^after 0$/m);
  });

  test('in the background it reads nothing until it is the foreground’s', async () => {
    await screen.enter(`dsh -H h2 sh -c 'echo ready; read x; echo "<$x>"' &`);
    await screen.shows(/ready$/m);
    await screen.enter('echo for the "shell"');
    await screen.shows(/^for the shell$/m);
    await screen.enter('fg');
    await screen.enter('for it');
    await screen.shows(/^<for it>$/m);
    await expectModesOfBefore();
  });

  test('in a pipeline the others keep the terminal that they had', async () => {
    await screen.enter(
      'dsh -H h2 tr a b | { read x; echo "<$x>"; stty -g </dev/tty | cmp - before; }',
    );
    await screen.enter('banana');
    await screen.press('C-d');
    await screen.shows(/^<bbnbnb>\nhere>$/m);
  });

  test('an interactive shell has job control of its own', async () => {
    await screen.enter(`dsh -H h2 env PS1='there> ' bash --norc --noprofile -i`);
    await screen.shows(/^there>$/m);
    await screen.enter(`sh -c 'echo ready; exec sleep 1000'`);
    await screen.shows(/^ready$/m);
    await screen.press('C-z');
    await screen.shows(/Stopped/);
    await screen.enter('jobs');
    await screen.enter('fg');
    await screen.press('C-c');
    await screen.enter('exit 5');
    await screen.shows(/^here>$/m);
    await screen.enter('echo status $?');
    await screen.shows(/^status 5$/m);
    await expectModesOfBefore();
  });

  test('is as before when the runner is killed, which is told with node and process', async () => {
    await screen.enter(`dsh -H h2 sh -c 'echo "ready $$ $PPID."; exec sleep 1000'`);
    const shown = await screen.shows(/^ready \d+ \d+\.$/m);
    const [command, supervisor] = /^ready (\d+) (\d+)/m.exec(shown)!.slice(1).map(Number);
    process.kill(parentOf(supervisor!), 'SIGKILL');
    await screen.shows(new RegExp(`^dsh: h2: contact was lost: .*process ${command}`, 'm'));
    await waitUntil('the command to be gone', () => !isAlive(command!));
    await screen.enter('echo status $?');
    await screen.shows(/^status 123$/m);
    await expectModesOfBefore();
  });
});

describeWith([...requirements, 'tmux', 'vim-tiny'], 'an editor on another node', () => {
  beforeAll(startLab);
  afterAll(endLab);
  beforeEach(open);
  afterEach(() => screen.close());

  test('edits and saves a file, through a stop and a change of size', async () => {
    await screen.enter('dsh -H h2 vi -u NONE -N text');
    await screen.shows(/^"text" \[New/m);
    await screen.press('i', 'one', 'Enter', 'two', 'Escape');
    await screen.press('C-z');
    await screen.shows(/Stopped/);
    await expectModesOfBefore();
    await screen.resize(60, 20);
    await screen.enter('fg');
    await screen.shows(/^one\ntwo\n~/m);
    await screen.press('o', 'three', 'Escape');
    await screen.enter(':wq');
    await screen.shows(/^here>$/m);
    expect(readFileSync(join(directory, 'text'), 'utf8')).toBe('one\ntwo\nthree\n');
    await expectModesOfBefore();
  });
});
