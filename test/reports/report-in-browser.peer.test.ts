/**
 * Opens every kind of page in a real Chromium, wide, dark, on a phone and for paper, with JavaScript and without: the examples' pages, and
 * those of the folder in LETITCRASH_REPORT (of a run, a comparison or a history) when it is set, with pictures left beside them
 * (report.png, report-dark.png, report-phone.png and so on).
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diff } from '../../harness/evidence/result/diff.ts';
import type { Result } from '../../harness/evidence/result/result.ts';
import { sideBySide } from '../../harness/studies/diff/side-by-side.ts';
import { chaosReport } from '../../reports/html/chaos.ts';
import { comparisonReport } from '../../reports/html/comparison.ts';
import { diffReport } from '../../reports/html/diff.ts';
import { explorationReport } from '../../reports/html/exploration.ts';
import { replayReport } from '../../reports/html/replay.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { runIndexPage } from '../../reports/html/run-index.ts';
import { trendReport } from '../../reports/html/trend.ts';
import { equivalentComparison, exampleComparison } from './example-comparison.ts';
import { cleanExploration, exampleExploration, exampleReplay } from './example-exploration.ts';
import { exampleHistory } from './example-history.ts';
import { exampleIndex } from './example-index.ts';
import { otherOutcomes } from './example-outcomes.ts';
import { exampleProfile } from './example-profile.ts';
import { brokenResult, exampleResult, repeatedResult } from './example-result.ts';
import { isSkipped, launchChromium, named, overflowOf, VIEWS, violationsOf } from './in-chromium.ts';

/** Paper is A4: 210 mm less two margins of 12 mm, at 96 dots an inch. */
const PAPER = { width: 703, height: 1000 };

const givenFolder = process.env.LETITCRASH_REPORT;

describe.skipIf(isSkipped)(named('the pages in Chromium'), () => {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-report-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function opened<T>(path: string, options: BrowserContextOptions, look: (page: Page) => Promise<T>): Promise<T> {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      await page.goto(pathToFileURL(path).href);
      return await look(page);
    } finally {
      await context.close();
    }
  }

  /** Everything the browser complained about or asked for while it showed the page, and what of the page does not fit. */
  async function inspect(path: string, options: BrowserContextOptions, screenshot: string) {
    const complaints: string[] = [];
    const requests: string[] = [];
    return opened(path, options, async (page) => {
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => requests.push(request.url()));
      await page.reload();
      await page.screenshot({ path: screenshot, fullPage: true });
      const overflow = await overflowOf(page);
      const cut = await page.evaluate<readonly string[]>(CUT_LABELS);
      const charts = await page.locator('svg[role=img]:visible').count();
      // Data tables are folded; opened, they must not widen the page either, and they are judged by axe as well.
      const scrolledOnDesk = await page.evaluate<readonly string[]>(scrolledTables('.scroll'));
      await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
      return {
        complaints,
        foreign: requests.filter((url) => url !== pathToFileURL(path).href && !url.startsWith('data:')),
        overflow: Math.max(overflow, await overflowOf(page)),
        cut,
        scrolled: options.isMobile
          ? await page.evaluate<readonly string[]>(scrolledTables('.stacks:not(.data *)'))
          : scrolledOnDesk,
        charts,
        leading: await page.evaluate<readonly string[]>(LEADING_DOTS),
        collisions: await page.evaluate<readonly string[]>(COLLISIONS),
        empty: options.isMobile ? await page.evaluate<readonly string[]>(EMPTY_CELLS) : [],
        violations: await violationsOf(page),
      };
    });
  }

  /** `tablesFit`: no table of it has to be scrolled on a desk; on a phone none has to be that is more than data of a chart. */
  async function readsWell(path: string, beside: string, tablesFit: boolean): Promise<void> {
    for (const [view, options] of Object.entries(VIEWS)) {
      const seen = await inspect(path, options, join(beside, `${basename(path, '.html')}${view}.png`));
      expect({ view, ...seen, scrolled: tablesFit || options.isMobile === true ? seen.scrolled : [], charts: 0 }).toEqual({
        view,
        complaints: [],
        foreign: [],
        overflow: 0,
        cut: [],
        scrolled: [],
        charts: 0,
        leading: [],
        collisions: [],
        empty: [],
        violations: [],
      });
    }
    await opened(path, { viewport: PAPER }, async (page) => {
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate<readonly string[]>(CUT_LABELS), 'on paper').toEqual([]);
      expect(await overflowOf(page), 'on paper').toBe(0);
      await page.screenshot({ path: join(beside, `${basename(path, '.html')}-print.png`), fullPage: true });
    });
    // Without JavaScript the page is the same but for the buttons: nothing of it waits for any.
    const text = async (page: Page): Promise<string> => {
      await page.evaluate('document.querySelectorAll(".zoom-bar").forEach((bar) => bar.remove())');
      return page.locator('body').innerText();
    };
    const bare = await opened(path, { javaScriptEnabled: false }, text);
    expect(bare).toBe(await opened(path, {}, text));
    expect(bare.length).toBeGreaterThan(100);
  }

  const long = exampleResult();
  const later = { ...brokenResult(), startedAt: '2026-11-25T12:00:00.000Z', target: { ...long.target, version: '0.2.0' } };
  const twoRuns = (b: Result): Diff =>
    sideBySide(
      { run: 'runs/20261124-031244-quickstart-reference', result: long },
      { run: 'runs/20261125-120000-quickstart-reference', result: b },
    );
  it.each<readonly [string, string]>([
    ['a run that passed', htmlReport(exampleResult())],
    ['a run that failed', htmlReport(brokenResult())],
    ['a run that repeated faults', htmlReport(repeatedResult())],
    ['a run that was profiled', htmlReport({ ...exampleResult(), profiledWith: 'cpu' }, exampleProfile())],
    [
      'a run that was called something long and hostile',
      htmlReport({
        ...long,
        scenario: {
          name: `<b>${'long'.repeat(60)}</b>`,
          sha256: 'f'.repeat(64),
          summary: '"><script>alert(1)</script>'.repeat(20),
        },
      }),
    ],
    ['the recovery of a run that repeated faults', chaosReport(repeatedResult()) ?? ''],
    ['a comparison that found a regression', comparisonReport(exampleComparison())],
    ['two runs side by side', diffReport(twoRuns(later))],
    ['two runs that are not to be compared', diffReport(twoRuns({ ...later, load: { ...later.load, users: 500 } }))],
    ['a comparison of equals', comparisonReport(equivalentComparison())],
    ['a history', trendReport(exampleHistory())],
    ['an exploration that found a loss', explorationReport(exampleExploration())],
    ['an exploration that found nothing', explorationReport(cleanExploration())],
    ['a replay', replayReport(exampleReplay())],
    ['an index', runIndexPage(exampleIndex())],
    ['an empty index', runIndexPage({ ...exampleIndex(), entries: [], older: 0, unreadable: [] })],
    ...otherOutcomes().map(([name, result]) => [name, htmlReport(result)] as const),
  ])('%s reads well, and axe finds nothing', async (name, html) => {
    const path = join(folder, 'report.html');
    writeFileSync(path, html);
    await readsWell(path, folder, name.startsWith('two runs'));
  });

  it('shows every cell of a row on a phone, under the name of its column, with the sides of a figure next to each other', async () => {
    const path = join(folder, 'report.html');
    writeFileSync(path, diffReport(twoRuns(later)));
    await opened(path, VIEWS['-phone'] as BrowserContextOptions, async (page) => {
      const row = page.getByRole('region', { name: 'Figures of both runs' }).locator('tr', { hasText: 'memory.perConnection' });
      const cells = await row.locator('td').all();
      const boxes = await Promise.all(cells.map((cell) => cell.boundingBox()));
      expect(boxes).toHaveLength(3);
      for (const box of boxes) expect((box?.x ?? 0) + (box?.width ?? 1_000)).toBeLessThanOrEqual(390);
      expect(new Set(boxes.map((box) => box?.y)).size).toBe(1);
      const names = `[...[...document.querySelectorAll('[aria-label="Figures of both runs"] tr')].find((one) => one.textContent.includes('memory.perConnection')).querySelectorAll('td')].map((cell) => getComputedStyle(cell, '::before').content)`;
      expect(await page.evaluate<readonly string[]>(names)).toEqual(['"A"', '"B"', '"B to A"']);
    });
  });

  it('gives a number of sixteen digits the room that it takes, on a phone as well', async () => {
    const path = join(folder, 'report.html');
    const worstSeconds = long.worstSeconds.map((second) => ({
      ...second,
      slowest: second.slowest.map((message) => ({ ...message, seq: 4_469_238_575_575_051 })),
    }));
    writeFileSync(path, htmlReport({ ...long, worstSeconds }));
    await opened(path, VIEWS['-phone'] as BrowserContextOptions, async (page) => {
      expect(await page.locator('body').innerText()).toContain('4469238575575051');
      expect(await page.evaluate<readonly string[]>(COLLISIONS)).toEqual([]);
    });
  });

  it('shows next to each other in what two sides differ, also on a phone', async () => {
    const path = join(folder, 'report.html');
    writeFileSync(path, comparisonReport(exampleComparison()));
    await opened(path, VIEWS['-phone'] as BrowserContextOptions, async (page) => {
      const table = page.getByRole('region', { name: 'Settings that differ between A and B' });
      expect(await table.locator('tbody tr').count()).toBeGreaterThan(0);
      expect(await table.evaluate((region) => region.scrollWidth - region.clientWidth)).toBe(0);
    });
  });

  it('hides a line by its legend, zooms all charts over time together, by mouse and by keyboard, and goes back', async () => {
    const path = join(folder, 'report.html');
    writeFileSync(path, htmlReport(exampleResult()));
    await opened(path, VIEWS[''] as BrowserContextOptions, async (page) => {
      const figure = page.locator('figure', { hasText: 'Response time over the run' }).first();
      const line = figure.locator('svg.wide g[data-series="p99"]');
      const toggle = figure.getByRole('button', { name: 'p99' });
      expect(await line.isVisible()).toBe(true);
      await toggle.click();
      expect([await line.isVisible(), await toggle.getAttribute('aria-pressed')]).toEqual([false, 'false']);
      await toggle.press('Enter');
      expect(await line.isVisible()).toBe(true);

      const ticks = (): Promise<string[]> => page.locator('figure svg.wide[data-zoom] .x-ticks').allTextContents();
      const whole = await ticks();
      const box = await figure.locator('svg.wide').boundingBox();
      if (box === null) throw new Error('there is no drawing');
      await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
      await page.mouse.up();
      const zoomed = await ticks();
      expect(zoomed).toHaveLength(4);
      for (const [index, one] of zoomed.entries()) expect(one).not.toBe(whole[index]);
      expect(await figure.getByRole('status').innerText()).toMatch(/^\d+\.\d s to \d+\.\d s$/);
      expect(await page.evaluate<readonly string[]>(CUT_LABELS)).toEqual([]);
      await figure.getByRole('button', { name: 'Whole run' }).press('Enter');
      expect(await ticks()).toEqual(whole);
      await figure.getByRole('button', { name: 'Zoom in' }).press('Enter');
      expect(await ticks()).not.toEqual(whole);
      await figure.locator('svg.wide').dblclick();
      expect(await ticks()).toEqual(whole);
    });
  });

  it('can be read with the keyboard alone: the first stop skips the header, and every other stop is visible', async () => {
    const path = join(folder, 'report.html');
    writeFileSync(path, htmlReport(exampleResult()));
    await opened(path, { viewport: { width: 1280, height: 900 } }, async (page) => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the verdict');
      const stops = await page.locator('a, summary, [tabindex="0"]').count();
      for (let stop = 1; stop < stops; stop += 1) {
        await page.keyboard.press('Tab');
        const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
        const where = await page.evaluate<string>('document.activeElement.tagName');
        if (where === 'BODY') break;
        expect(outline, where).not.toBe('none');
      }
    });
  });

  const pages = givenFolder === undefined ? [] : readdirSync(givenFolder).filter((name) => name.endsWith('.html'));
  it.skipIf(pages.length === 0)(
    'of the folder in LETITCRASH_REPORT are readable, and their pictures are left beside them',
    async () => {
      for (const page of pages) await readsWell(join(givenFolder as string, page), givenFolder as string, false);
    },
  );
});

/** Lines of facts that begin with the dot between two facts. */
const LEADING_DOTS = `(() => {
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    for (let at = node.data.indexOf('·'); at >= 0; at = node.data.indexOf('·', at + 1)) {
      const dot = document.createRange();
      dot.setStart(node, at);
      dot.setEnd(node, at + 1);
      const { left, top, bottom, width } = dot.getBoundingClientRect();
      const block = node.parentElement.closest('p, small, dd, dt, td, th, li, div, summary, figcaption, h1, h2, h3, caption');
      if (width === 0 || block === null) continue;
      const before = document.createRange();
      before.setStart(block, 0);
      before.setEnd(node, at);
      if (before.toString().trim() === '') continue;
      const hasText = [...before.getClientRects()].some((box) => box.width > 0 && box.left < left && box.top < bottom - 2 && box.bottom > top + 2);
      if (!hasText) found.push(block.textContent.slice(0, 80));
    }
  }
  return found;
})()`;

/** What cells of a row show, as boxes of text. */
const CELLS = `[...document.querySelectorAll('tr')].map((row) => [...row.children].filter((cell) => cell.getClientRects().length > 0).map((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return { text: cell.textContent.trim(), boxes: [...range.getClientRects()].filter(({ width }) => width > 0) };
}))`;

/** Texts of two cells of a row that lie over each other. */
const COLLISIONS = `${CELLS}.flatMap((cells) => cells.flatMap((one, index) => cells.slice(index + 1).filter((other) =>
  one.boxes.some((a) => other.boxes.some((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)))
  .map((other) => one.text + ' over ' + other.text)))`;

/** Cells of stacked tables that show the name of their column and nothing below it. */
const EMPTY_CELLS = `[...document.querySelectorAll('.stacks:not(.data *) td[data-head]')]
  .filter((cell) => cell.getClientRects().length > 0 && cell.textContent.trim() === '').map((cell) => cell.dataset.head)`;

/** Tables that are wider than the room that they have, and blocks of rows that are higher: nobody scrolls within a page that scrolls. */
const scrolledTables = (which: string): string =>
  `[...document.querySelectorAll('${which}')].filter((table) => table.scrollWidth > table.clientWidth || (table.matches('.stacks:not(.data *)') && table.scrollHeight > table.clientHeight)).map((table) => table.getAttribute('aria-label'))`;

/** Labels of visible charts that reach out of their drawing, or of one another: axis labels of one row that overlap. */
const CUT_LABELS = `[...document.querySelectorAll('svg[role=img]')].filter((svg) => svg.getBoundingClientRect().width > 0).flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  const name = svg.querySelector('title').textContent;
  const boxes = [...svg.querySelectorAll('text:not([hidden])')].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
  const outside = boxes.filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
  const over = boxes.flatMap((one, index) => boxes.slice(index + 1).filter((other) =>
    one.box.left < other.box.right - 1 && other.box.left < one.box.right - 1 && one.box.top < other.box.bottom - 3 && other.box.top < one.box.bottom - 3)
    .map((other) => one.text + ' over ' + other.text));
  return [...outside.map(({ text }) => name + ': ' + text + ' is cut'), ...over.map((text) => name + ': ' + text)];
})`;
