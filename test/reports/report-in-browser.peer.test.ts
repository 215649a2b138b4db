/**
 * Opens reports in a real Chromium: the example's, and that of the run in LETITCRASH_REPORT (a run folder) when it is set.
 * Leaves report.png (wide, light), report-dark.png and report-phone.png beside each report.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { htmlReport } from '../../reports/html/report.ts';
import { brokenResult, exampleResult } from './example-result.ts';

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
const HEADINGS = [
  'Checks',
  'Latency',
  'Throughput',
  'Faults and recovery',
  'Delivery',
  'Memory and CPU',
  'Where and how it ran',
  'How to run it again',
];
const VIEWS: Readonly<Record<string, BrowserContextOptions>> = {
  report: { viewport: { width: 1180, height: 900 }, colorScheme: 'light' },
  'report-dark': { viewport: { width: 1180, height: 900 }, colorScheme: 'dark' },
  'report-phone': { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, colorScheme: 'light' },
};

const missing = !existsSync(CHROMIUM);
const required = process.env.LETITCRASH_REQUIRE_PEERS === '1';
const runFolder = process.env.LETITCRASH_REPORT;

describe.skipIf(missing && !required)(
  missing ? 'the report in Chromium (absent: apt-get install chromium)' : 'the report in Chromium',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'letitcrash-report-'));
    let browser: Browser;

    beforeAll(async () => {
      if (missing) throw new Error(`${CHROMIUM} is absent: apt-get install chromium`);
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Everything the browser complained about or asked for while it showed the page. */
    async function inspect(path: string, options: BrowserContextOptions, screenshot: string) {
      const context = await browser.newContext(options);
      try {
        const page = await context.newPage();
        const complaints: string[] = [];
        const requests: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        page.on('pageerror', (error) => complaints.push(error.message));
        page.on('request', (request) => requests.push(request.url()));
        const address = pathToFileURL(path).href;
        await page.goto(address);
        const headings = await page.locator('h2').allInnerTexts();
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
        const charts = page.locator('svg[role=img]:visible');
        const unnamed = await page.evaluate<number>(
          '[...document.querySelectorAll("svg[role=img]")].filter((chart) => chart.querySelector("title") === null).length',
        );
        await page.screenshot({ path: screenshot, fullPage: true });
        // Data tables are folded; opened, they must not widen the page either.
        await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
        const openOverflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
        return {
          complaints,
          foreign: requests.filter((url) => url !== address && !url.startsWith('data:')),
          headings,
          overflow: Math.max(overflow, openOverflow),
          charts: await charts.count(),
          unnamed,
        };
      } finally {
        await context.close();
      }
    }

    async function readsWell(path: string, beside: string): Promise<void> {
      for (const [name, options] of Object.entries(VIEWS)) {
        const seen = await inspect(path, options, join(beside, `${name}.png`));
        expect(seen.complaints, name).toEqual([]);
        expect(seen.foreign, name).toEqual([]);
        expect(seen.headings, name).toEqual(expect.arrayContaining(HEADINGS));
        expect(seen.overflow, name).toBeLessThanOrEqual(0);
        expect(seen.charts, name).toBeGreaterThan(0);
        expect(seen.unnamed, name).toBe(0);
      }
    }

    it.each([
      ['passed', exampleResult()],
      ['failed', brokenResult()],
      [
        'was called something long and hostile',
        {
          ...exampleResult(),
          scenario: {
            name: `<b>${'long'.repeat(60)}</b>`,
            sha256: 'f'.repeat(64),
            summary: '"><script>alert(1)</script>'.repeat(20),
          },
        },
      ],
    ])('reads well, wide, dark and on a phone, when the run %s', async (_, result) => {
      const path = join(folder, 'report.html');
      writeFileSync(path, htmlReport(result));
      await readsWell(path, folder);
    });

    it.skipIf(runFolder === undefined || !existsSync(join(runFolder, 'report.html')))(
      'reads well for the run in LETITCRASH_REPORT, with screenshots in its folder',
      async () => {
        const beside = runFolder as string;
        await readsWell(join(beside, 'report.html'), beside);
      },
    );
  },
);
