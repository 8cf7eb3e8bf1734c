/** `dshctl top` on a real terminal, of a few nodes and of a thousand. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inventNodes, startNodes } from '../../bench/made-up-nodes.ts';
import type { Lab } from '../../lab/cluster.ts';
import { keyFile } from '../../lab/configuration.ts';
import { startEmbeddedLab } from '../../lab/embedded.ts';
import { findByArguments } from '../../lab/process-table.ts';
import { waitUntil } from '../../lab/wait.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { openScreen, type Screen } from '../support/tmux.ts';

let lab: Lab;
let screen: Screen;

const isTop = (words: readonly string[]): boolean =>
  words.some((word) => word.endsWith('/dshctl')) && words.includes('top');

describeWith(['tmux'], 'dshctl top', () => {
  beforeAll(async () => {
    lab = await startEmbeddedLab({ names: ['h1', 'h2', 'h3', 'h4'] });
  });
  afterAll(() => lab.close());
  beforeEach(async () => {
    const environment = { ...lab.environment('h1'), LANG: 'C.UTF-8' };
    screen = await openScreen(lab.directory, environment);
  });
  afterEach(() => screen.close());

  test('shows nodes, and jobs as they come and go', async () => {
    await screen.enter('dshctl top --sort name');
    const quiet = await screen.shows(/4 of 4 nodes usable.*\n(.*\n)+0 jobs started/);
    expect(quiet).toMatch(/^ +node +load +state +load +cpus +free +jobs +history/m);
    for (const name of ['h1\\*', 'h2', 'h3', 'h4']) {
      expect(quiet).toMatch(new RegExp(`^  ${name} +[█░]{10} +ok +[\\d.]+ +\\d+ +[\\d.]+G `, 'm'));
    }
    const job = spawn('dsh', ['-H', 'h3', 'sleep', '63'], {
      env: lab.environment('h1'),
      stdio: 'ignore',
    });
    await screen.shows(/^1 job started on this machine$(.*\n)+.* h3 .* sleep 63$/m);
    await screen.press('/', 'h', '2', 'Enter');
    await screen.shows(/filter h2;(.*\n)+0 jobs started/);
    await screen.press('Escape', 'Down', 'Down', 'Down', 'Enter');
    const alone = await screen.shows(/node h3 alone(.*\n)+.*sleep 63/);
    expect(alone).not.toMatch(/^ +h2 /m);
    job.kill();
    await once(job, 'exit');
    await screen.shows(/^0 jobs started/m);
  });

  test('fills a screen of another size, and a narrow one', async () => {
    await screen.enter('dshctl top');
    await screen.shows(/4 of 4 nodes usable/);
    await screen.resize(200, 60);
    await screen.shows(/^ +node +load +state +load +cpus +free +jobs +history +age +skew +cost/m);
    // With the bars it would take 49 columns at least.
    await screen.resize(44, 12);
    await screen.shows(/^ +node +state +load +free +jobs +note$/m);
    await screen.press('?');
    await screen.shows(/^any key goes on\n(.*\n)*.* quit$/m);
  });

  describe('gives the terminal back', () => {
    const echo = async (): Promise<void> => {
      await screen.enter('stty -a | grep -cw "icanon isig" ; echo still here');
      await screen.shows(/^1\n?still here$|^still here$/m);
    };

    test.each([
      ['by q', () => screen.press('q')],
      ['by ^C', () => screen.press('C-c')],
      ['by SIGTERM', async () => void findByArguments(isTop).map(({ pid }) => process.kill(pid))],
    ])('when it is ended %s', async (_title, end) => {
      await screen.enter('echo before; dshctl top');
      await screen.shows(/4 of 4 nodes usable/);
      await end();
      const after = await screen.shows(/^before$(.*\n)*here>$/m);
      expect(after).not.toContain('nodes usable');
      await echo();
    });

    test('when it is stopped, and takes it again', async () => {
      await screen.enter('echo before; dshctl top');
      await screen.shows(/4 of 4 nodes usable/);
      await screen.press('C-z');
      await screen.shows(/^before$(.*\n)*.*Stopped(.*\n)*here>$/m);
      await echo();
      await screen.enter('fg');
      await screen.shows(/4 of 4 nodes usable/);
      await screen.press('q');
      await screen.shows(/^here>$/m);
    });
  });

  test('goes on when its daemon does', async () => {
    await screen.enter('dshctl top');
    await screen.shows(/4 of 4 nodes usable/);
    await lab.host('h1').kill('dshd');
    await screen.shows(/no dshd answers any more; waiting for it/);
    await lab.host('h1').startDaemon();
    await screen.shows(/4 of 4 nodes usable/);
  });

  test('is for terminals', async () => {
    await screen.enter('dshctl top | cat; echo "<${PIPESTATUS[0]}>"');
    await screen.shows(/^dshctl: top needs a terminal; .*\n<2>$/m);
  });

  describe('of a thousand nodes', () => {
    test('shows a part of them, scrolls, and finds one', async () => {
      const listener = lab.host('h1');
      const nodes = inventNodes(996, listener.address);
      const lines = nodes.map(({ name, address }) => `${name} address=${address}\n`);
      appendFileSync(`${lab.directory}/cluster`, lines.join(''));
      await listener.kill('dshd', 'SIGHUP');
      const speaking = await startNodes(nodes, listener, keyFile(lab.directory));
      try {
        await waitUntil('all to be known', async () => {
          const table = await listener.statusTable();
          return (table.match(/^\S+ ok /gm) ?? []).length === 1000;
        });
        await screen.enter('dshctl top --sort name');
        await screen.shows(/1000 of 1000 nodes usable(.*\n)+.*nodes 1 to 1\d of 1000$/m);
        await screen.press('Down', 'End');
        await screen.shows(/^> made-up-996 (.*\n)+.*nodes 98\d to 1000 of 1000$/m);
        await screen.resize(200, 60);
        await screen.shows(/nodes 94\d to 1000 of 1000$/m);
        await screen.press('/', 'made-up-500', 'Enter');
        await screen.shows(/^ +made-up-500 .*\n0 jobs/m);
      } finally {
        speaking.close();
      }
    });
  });
});
