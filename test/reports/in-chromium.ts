/** What the tests in a real Chromium share: how it is started, the views it is looked at in, and what is asked of every page. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const VIEWS: Readonly<Record<string, BrowserContextOptions>> = {
  '': { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  '-dark': { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  '-phone': { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, colorScheme: 'light' },
  '-phone-dark': { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, colorScheme: 'dark' },
};

const AXE = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

export const isMissing = !existsSync(CHROMIUM);
/** Absent, and nobody asked for a failure then. */
export const isSkipped = isMissing && process.env.LETITCRASH_REQUIRE_PEERS !== '1';

/** The name of a group of tests that need it; says how to get it where it is absent. */
export function named(what: string): string {
  return isMissing ? `${what} (absent: apt-get install chromium)` : what;
}

export async function launchChromium(): Promise<Browser> {
  if (isMissing) throw new Error(`${CHROMIUM} is absent: apt-get install chromium`);
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** Pixels by which the page is wider than its window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - window.innerWidth)');
}

/** What axe finds wrong with the page as it is. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  // Through the debugger, so that a page's own policy for scripts has no say in it.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}
