/** The page of dshd in a real browser, with a cluster of four that lives, works and dies. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/cluster.ts';
import type { CommandResult } from '../../lab/command.ts';
import { startEmbeddedLab } from '../../lab/embedded.ts';
import { ports } from '../../lab/network.ts';
import { type ProcfsFigures, writeProcfs } from '../../lab/procfs.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { describeWith } from '../support/lab-requirements.ts';
import { findBarriers } from './support/axe.ts';
import { openPage, type PageOptions, startBrowser } from './support/browser.ts';

const FIRST_PAINT_BYTES_MAX = 100 * 1024;
const GIBIBYTE = 2 ** 30;

const figures: Readonly<Record<string, ProcfsFigures>> = {
  kepler: { runnable: 2, cpus: 8, totalBytes: 32 * GIBIBYTE },
  newton: { runnable: 0, cpus: 8, totalBytes: 64 * GIBIBYTE },
  galileo: { runnable: 7, cpus: 8, totalBytes: 32 * GIBIBYTE },
  curie: { runnable: 3, cpus: 4, totalBytes: 8 * GIBIBYTE, freeBytes: GIBIBYTE / 4 },
};

describeWith(['chromium'], 'the page of a cluster of four', () => {
  const folder = createTemporaryFolder();
  let lab: Lab;
  let browser: Browser;
  let url: string;
  let stops = 0;

  beforeAll(async () => {
    for (const [name, each] of Object.entries(figures)) writeProcfs(join(folder, name), each);
    lab = await startEmbeddedLab({
      names: Object.keys(figures),
      procfs: (name) => join(folder, name),
    });
    url = `http://${lab.host('kepler').address}:${ports.http}/`;
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await lab.close();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  async function open(options?: PageOptions): Promise<Page> {
    return (await openPage(browser, url, options)).page;
  }

  /** Runs a command on a node until it is told to stop. */
  function start(node: string, text = ''): { stop(): Promise<CommandResult> } {
    stops += 1;
    const file = join(folder, `stop-${stops}`);
    const script = `: ${text}; until [ -e ${file} ]; do sleep 0.1; done`;
    const result = lab.runFrom('kepler', ['dsh', '-H', node, 'sh', '-c', script]);
    return {
      stop() {
        writeFileSync(file, '');
        return result;
      },
    };
  }

  test('a node dies, and comes back', async () => {
    const page = await open();
    const cell = page.locator('[data-node=newton]');
    await page.locator('[data-node=newton][data-state=ok]').waitFor();
    await lab.host('newton').kill('dshd');
    await page.locator('[data-node=newton][data-state=silent]').waitFor();
    expect(await page.locator('#announcement').textContent()).toMatch(/newton: silent, no longer/);
    expect(await cell.getAttribute('data-heat')).toBeNull();
    await page.getByText('3 of 4').waitFor();
    await page.locator('[data-node=newton][data-state=unknown]').waitFor();
    expect(await cell.textContent()).toBe('newton unknown');
    await lab.host('newton').start();
    await page.locator('[data-node=newton][data-state=ok]').waitFor();
    expect(await page.locator('#announcement').textContent()).toMatch(/newton: back/);
  });

  test('a job moves in, is explained, and ends', async () => {
    const page = await open();
    const job = start('newton', 'building-the-moon');
    await page.locator('[data-node=newton][data-jobs="1"]').waitFor();
    const row = page.locator('tbody tr', { hasText: 'building-the-moon' });
    await row.locator('td', { hasText: 'running' }).waitFor();
    await page.locator('.bar[data-live]').waitFor();

    await row.getByRole('link', { name: 'why there?' }).click();
    const chosen = page.locator('tr.chosen');
    await chosen.waitFor();
    expect(await chosen.locator('th').textContent()).toBe('newton');
    expect(await page.locator('.verdict').textContent()).toMatch(/^newton, at cost .*: confirmed/);
    expect(await page.locator('main').textContent()).toContain('not named by -H');
    expect(await page.title()).toMatch(/^dsh: job \d+$/);

    await page.goBack();
    expect((await job.stop()).status).toBe(0);
    await row.locator('td', { hasText: 'exit 0' }).waitFor();
    await page.locator('[data-node=newton]:not([data-jobs])').waitFor();
    await page.locator('.bar:not([data-live])').first().click();
    await page.getByRole('heading', { name: 'Why there?' }).waitFor();
  });

  test('what users call their commands is text and no more', async () => {
    const { page, complaints } = await openPage(browser, url);
    const job = start('newton', '"<img src=x onerror=alert(1)>"');
    await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(complaints).toEqual([]);
    await job.stop();
  });

  test('the keyboard is enough', async () => {
    const page = await open();
    const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent');
    for (let presses = 0; (await page.locator('.map a:focus').count()) === 0; presses += 1) {
      expect(presses).toBeLessThan(12);
      await page.keyboard.press('Tab');
    }
    const tabStops = await page.locator('.map a[tabindex="0"]').count();
    expect(tabStops).toBe(1);
    await page.keyboard.press('End');
    expect(await page.locator('.map a:focus').getAttribute('data-node')).toBe('newton');
    expect(await page.locator('.readout').textContent()).toMatch(
      /^newton: ok, load .* of 8 CPUs, /,
    );
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'kepler', level: 1 }).waitFor();
    expect(await focused()).toContain('kepler');
    expect(await page.title()).toBe('dsh: node kepler');
  });

  test('a table says the same, sorted as one likes', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'table' }).click();
    const names = page.getByRole('table', { name: 'Nodes;' }).locator('tbody th');
    expect(await names.allTextContents()).toEqual(['curie', 'galileo', 'kepler', 'newton']);
    await page.locator('thead button', { hasText: 'load' }).click();
    expect(await names.allTextContents()).toEqual(['newton', 'kepler', 'curie', 'galileo']);
    await page.locator('thead button', { hasText: 'load' }).click();
    expect(await names.first().textContent()).toBe('galileo');
    expect(await page.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
  });

  test('a daemon that ends is missed, and found again', async () => {
    const page = await open();
    await lab.host('kepler').kill('dshd');
    await page.getByText('the daemon does not answer').waitFor();
    await lab.host('kepler').start();
    await page.getByText('live').waitFor();
  });

  test('the first paint takes at most 100 KiB, and nobody else is asked', async () => {
    const page = await browser.newPage();
    const sizes: Promise<number>[] = [];
    const hosts = new Set<string>();
    page.on('requestfinished', (request) => {
      hosts.add(new URL(request.url()).origin);
      sizes.push(request.sizes().then((size) => size.responseBodySize + size.responseHeadersSize));
    });
    await page.goto(url);
    await page.locator('.map li').first().waitFor();
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    const paints = await page.evaluate("performance.getEntriesByName('first-paint').length");
    expect(paints).toBe(1);
    console.log(`until the page stands, ${sizes.length} answers of ${bytes} bytes in all`);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(FIRST_PAINT_BYTES_MAX);
    expect([...hosts]).toEqual([new URL(url).origin]);
  });

  const settings: [name: string, options: PageOptions][] = [
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['a phone', { width: 390, height: 844 }],
  ];
  test.each(settings)('axe finds nothing serious: %s', async (_name, options) => {
    const { page, complaints } = await openPage(browser, url, options);
    const job = start('newton');
    await page.locator('tr[data-live]').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'table' }).click();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('rowheader', { name: 'newton' }).getByRole('link').click();
    await page.getByRole('heading', { name: 'newton', level: 1 }).waitFor();
    expect(await findBarriers(page)).toEqual([]);
    await page.goBack();
    await page.getByRole('link', { name: 'why there?' }).first().click();
    await page.locator('tr.chosen').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    // It fits: nothing but tables is wider than the screen.
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThan(
      1,
    );
    expect(complaints).toEqual([]);
    await job.stop();
  });
});
