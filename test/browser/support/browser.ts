/** Debian's Chromium, without a window, driven by playwright-core. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { projectDirectory } from '../../../lab/project.ts';
import { DEADLINE_MS } from '../../../lab/wait.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    // Its sandbox cannot be set up by root, nor in most containers.
    args: ['--no-sandbox'],
  });
}

export interface OpenedPage {
  readonly page: Page;
  /** What the page complained of: errors of scripts, of the content policy, of loading. */
  readonly complaints: readonly string[];
  /** Every address that it asked for. */
  readonly requests: readonly string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Opens the page and waits until the daemon has told it of its nodes. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1280, height = 900, colorScheme = 'light' }: PageOptions = {},
): Promise<OpenedPage> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  // As long as all else that waits here: the machine may be busy.
  page.setDefaultTimeout(DEADLINE_MS);
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  await page.locator('.map li').first().waitFor();
  return { page, complaints, requests };
}

const temporary = createTemporaryFolder();

/**
 * Takes a screenshot of what is seen, as it would be kept in docs/; it is kept there when DSH_SCREENSHOTS
 * says so. Returns its bytes.
 */
export async function takeScreenshot(page: Page, name: string): Promise<Buffer> {
  const directory = process.env.DSH_SCREENSHOTS
    ? join(projectDirectory, 'docs/screenshots')
    : temporary;
  mkdirSync(directory, { recursive: true });
  return page.screenshot({ path: join(directory, `${name}.png`), scale: 'css' });
}
