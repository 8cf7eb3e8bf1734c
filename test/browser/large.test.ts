/** The page of a daemon that knows a thousand nodes. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/lab-requirements.ts';
import { findBarriers } from './support/axe.ts';
import { openPage, startBrowser, takeScreenshot } from './support/browser.ts';
import { type LargeCluster, startLargeCluster } from './support/large-cluster.ts';

const NODES = 1000;
/** Of which this many say nothing; on a busy machine others are late. */
const SILENT = 20;
/** The least that a finger or an unsteady hand hits (WCAG 2.2, 2.5.8). */
const TARGET_PX = 24;

describeWith(['chromium'], 'the page of a cluster of a thousand', () => {
  let cluster: LargeCluster;
  let browser: Browser;

  beforeAll(async () => {
    cluster = await startLargeCluster(NODES, SILENT);
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await cluster.close();
  });

  test('shows all of them, on a wide screen at once', async () => {
    const { page, complaints } = await openPage(browser, cluster.url, { height: 940 });
    await page.getByText(/^\d+ of 1,000$/).waitFor();
    const cells = page.locator('.map a');
    expect(await cells.count()).toBe(NODES);
    const [first, second] = await Promise.all(
      [cells.nth(0), cells.nth(1)].map((each) => each.boundingBox()),
    );
    expect(second!.x - first!.x).toBeGreaterThanOrEqual(TARGET_PX);
    const last = await cells.last().boundingBox();
    expect(last!.y + last!.height).toBeLessThan(940);
    expect((await takeScreenshot(page, 'page-thousand')).length).toBeLessThan(150 * 1024);
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('can be used while all of them change', async () => {
    const { page } = await openPage(browser, cluster.url, { width: 390, height: 844 });
    await page.getByText(/^\d+ of 1,000$/).waitFor();
    await page.locator('.map a').first().focus();
    await page.keyboard.press('End');
    const name = await page.locator('.map a:focus').getAttribute('data-node');
    expect(name).toBe(`made-up-${NODES - 1}`);
    await page.getByRole('button', { name: 'table' }).click();
    await page.locator('thead button', { hasText: 'memory' }).click();
    expect(await page.locator('.nodes tbody tr').count()).toBe(NODES);
  });
});
