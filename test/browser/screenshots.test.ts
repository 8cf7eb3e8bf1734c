/**
 * The screenshots of docs/: a cluster of four that compiles. `DSH_SCREENSHOTS=1 npm run test:web` keeps
 * them, after some minutes of history; else it is only seen that they can be taken, and are small.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import { startEmbeddedLab } from '../../lab/embedded.ts';
import { ports } from '../../lab/network.ts';
import { writeProcfs } from '../../lab/procfs.ts';
import { waitUntil } from '../../lab/wait.ts';
import { askHttp } from '../support/http-answer.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { openPage, startBrowser, takeScreenshot } from './support/browser.ts';

const BYTES_MAX = 150 * 1024;
const POINTS = process.env.DSH_SCREENSHOTS ? 16 : 1;
const DEADLINE_MS = 240_000;
const GIBIBYTE = 2 ** 30;

describeWith(['chromium'], 'screenshots', () => {
  const folder = createTemporaryFolder();
  const bin = join(folder, 'bin');
  let lab: Lab;
  let browser: Browser;
  let isOver = false;

  beforeAll(async () => {
    writeLoads();
    mkdirSync(bin);
    // Takes its time as a compiler does, and costs none.
    writeFileSync(join(bin, 'cc'), '#!/bin/sh\nexec sleep $(($$ % 9 + 4))\n');
    chmodSync(join(bin, 'cc'), 0o755);
    lab = await startEmbeddedLab({
      names: ['kepler', 'newton', 'galileo', 'curie'],
      procfs: (name) => join(folder, name),
    });
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await lab.close();
  });

  function writeLoads(): void {
    const swing = Math.round(2 + 2 * Math.sin(performance.now() / 12_000));
    writeProcfs(join(folder, 'kepler'), { runnable: swing, cpus: 8, totalBytes: 32 * GIBIBYTE });
    writeProcfs(join(folder, 'newton'), { runnable: 1, cpus: 16, totalBytes: 64 * GIBIBYTE });
    writeProcfs(join(folder, 'galileo'), { runnable: 6 - swing, cpus: 8 });
    writeProcfs(join(folder, 'curie'), { runnable: 3, cpus: 4, freeBytes: GIBIBYTE / 4 });
  }

  /** One of several that compile one file after the other. */
  async function compile(next: Iterator<string>): Promise<void> {
    const environment = { PATH: `${bin}:${lab.directory}/bin:${process.env.PATH}` };
    for (let file = next.next(); !isOver && !file.done; file = next.next()) {
      writeLoads();
      await lab.runFrom('kepler', ['dsh', 'cc', '-O2', '-c', file.value], { environment });
    }
  }

  test(
    'show a build, why a job went where it went, and a phone',
    async () => {
      const place = { address: lab.host('kepler').address, port: ports.http };
      const url = `http://${place.address}:${place.port}/`;
      const next = listFiles();
      const compilers = Array.from({ length: 5 }, () => compile(next));
      await waitUntil(
        'the history',
        async () => {
          const { body } = await askHttp(place, '/api/v1/history');
          return (JSON.parse(body) as { load: unknown[] }).load.length >= POINTS;
        },
        DEADLINE_MS,
      );
      const { page } = await openPage(browser, url, { height: 1000 });
      await page.locator('.chart canvas').first().waitFor();
      const sizes = [(await takeScreenshot(page, 'page')).length];
      await page.getByRole('link', { name: 'why there?' }).first().click();
      await page.locator('tr.chosen').waitFor();
      await page.setViewportSize({ width: 1280, height: 480 });
      sizes.push((await takeScreenshot(page, 'page-explained')).length);
      const phone = await openPage(browser, url, { width: 390, height: 900, colorScheme: 'dark' });
      await phone.page.locator('.chart canvas').first().waitFor();
      sizes.push((await takeScreenshot(phone.page, 'page-phone')).length);
      isOver = true;
      await Promise.all(compilers);
      expect(Math.max(...sizes)).toBeLessThan(BYTES_MAX);
    },
    DEADLINE_MS,
  );
});

function* listFiles(): Generator<string> {
  const names = ['parser', 'lexer', 'vm', 'table', 'gc', 'string', 'debug', 'opcodes', 'dump'];
  for (let round = 0; ; round += 1) yield `src/${names[round % names.length]}.c`;
}
