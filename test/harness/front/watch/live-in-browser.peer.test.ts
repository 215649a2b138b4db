/**
 * Opens the live page in a real Chromium while a run's events come in: wide, dark and on a phone. With LETITCRASH_PICTURES set to a folder,
 * pictures of it are left there.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LatencyRecorder } from '../../../../harness/evidence/measure/latency-recorder.ts';
import { resultSchema } from '../../../../harness/evidence/result/result.ts';
import { startLivePage } from '../../../../harness/front/watch/live/live-page.ts';
import type { WatchEvent, Watcher } from '../../../../harness/front/watch/watcher.ts';
import type { Plan } from '../../../../harness/plan/scenario/plan.ts';
import type { RunEvent } from '../../../../harness/run/conductor/progress.ts';
import { noCounts } from '../../../../harness/run/load/counts.ts';
import { verdictSentence } from '../../../../reports/sentence.ts';
import { Command } from '../../../end-to-end/command.ts';
import { brokenResult, exampleResult } from '../../../reports/example-result.ts';
import { isSkipped, launchChromium, named, overflowOf, VIEWS, violationsOf } from '../../../reports/in-chromium.ts';
import { until } from '../../../until.ts';
import { plan } from './watched-run.ts';

const WIDE: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+\//;
const pictures = process.env.LETITCRASH_PICTURES;

/** A second of 200 messages with a stall from the 12th to the 15th, after a node was killed. */
function second(at: number): readonly WatchEvent[] {
  const isDown = at >= 12 && at < 15;
  const recorder = new LatencyRecorder();
  if (!isDown)
    for (let index = 0; index < 200; index += 1) recorder.record((at === 15 ? 80_000 : 900) + ((index * 7919 + at * 31) % 1_700));
  const responses = [recorder.take()].filter((one) => one !== null);
  const sent = at * 200;
  const acked = isDown ? 12 * 200 : sent - 3;
  const counts = {
    ...noCounts(),
    offered: sent,
    sent,
    acked,
    deliveries: acked,
    outstanding: sent - acked,
    connected: isDown ? 120 : 1_000,
    opened: 1_000,
  };
  const none = {
    'error.rate': null,
    connected: 1,
    'response.p50': null,
    'response.p99': null,
    'response.max': null,
    outstanding: 0,
  };
  return [
    {
      kind: 'reading',
      reading: { atMs: at * 1000, overMs: 1000, values: { ...none, 'ack.rate': isDown ? 0 : 200 }, counts, responses },
    },
    {
      kind: 'tick',
      phase: 'load',
      elapsedMs: at * 1000,
      totalMs: 40_000,
      connected: counts.connected,
      sentPerSecond: 200,
      ackedPerSecond: 200,
      outstanding: counts.outstanding,
      p50Us: null,
      p99Us: null,
    },
  ];
}

const STRUCK: WatchEvent = {
  kind: 'fault',
  what: 'injected',
  fault: 'kill-node',
  target: 'n2',
  atMs: 11_900,
  ok: true,
  message: 'kill-node struck n2',
};
const HEALED: WatchEvent = { ...STRUCK, what: 'healed', atMs: 14_950, message: 'kill-node healed n2' };

const BEGIN: readonly WatchEvent[] = [
  { kind: 'phase', phase: 'start', message: 'Starting reference (3 nodes, durability fsync)' },
  { kind: 'phase', phase: 'connect', message: 'Connecting 1000 users' },
  { kind: 'phase', phase: 'load', message: 'Loading for 40 s, 2 faults on the way' },
];
const HALF: readonly WatchEvent[] = [
  ...BEGIN,
  ...Array.from({ length: 11 }, (_, index) => second(index + 1)).flat(),
  STRUCK,
  ...[12, 13, 14].flatMap(second),
  HEALED,
  ...Array.from({ length: 10 }, (_, index) => second(index + 15)).flat(),
];
const REST: readonly WatchEvent[] = [
  { kind: 'warning', message: 'something <b>unusual</b>' },
  ...Array.from({ length: 16 }, (_, index) => second(index + 25)).flat(),
  { kind: 'phase', phase: 'drain', message: 'Bringing everybody back and waiting until nothing is owed' },
  { kind: 'phase', phase: 'judge', message: 'Accounting for every message' },
];
const PASSED: WatchEvent = { kind: 'end', result: exampleResult(), reportPath: 'runs/example/report.html' };

const HTTP_PLAN: Plan = {
  ...plan(),
  faults: [],
  load: { ...plan().load, model: { kind: 'closed', connections: 50, pipelining: 1, ratePerSecond: null } },
};

describe.skipIf(isSkipped)(named('the live page in Chromium'), () => {
  let browser: Browser;
  const open: Watcher[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((watcher) => watcher.close()));
  });
  afterAll(() => browser?.close());

  async function started(
    of = plan(),
    port = 0,
  ): Promise<{ readonly url: string; readonly watcher: Watcher; play(events: readonly WatchEvent[]): void }> {
    let url = '';
    const watcher = await startLivePage(of, port, (event: RunEvent) => {
      if (event.kind === 'watching') url = event.url;
    });
    open.push(watcher);
    return { url, watcher, play: (events) => void events.map((event) => watcher.event(event)) };
  }

  /** A page and all that the browser complained about on it. */
  async function opened<T>(
    url: string,
    options: BrowserContextOptions,
    look: (page: Page, complaints: string[]) => Promise<T>,
  ): Promise<T> {
    const context = await browser.newContext(options);
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(url);
      return await look(page, complaints);
    } finally {
      await context.close();
    }
  }

  async function shows(page: Page, id: string, text: string): Promise<void> {
    await page.locator(`#${id}`).filter({ hasText: text }).waitFor({ state: 'attached' });
  }

  /** Whatever came before has been drawn. */
  async function frames(page: Page): Promise<void> {
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  }

  async function looksWell(page: Page, complaints: readonly string[], picture: string): Promise<void> {
    // Tables beside charts are folded; opened, they must not widen the page either.
    if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${picture}.png`), fullPage: true });
    expect(await overflowOf(page), picture).toBe(0);
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
    await page.locator('details tbody tr').first().waitFor();
    await frames(page);
    expect({ picture, overflow: await overflowOf(page), violations: await violationsOf(page), complaints }).toEqual({
      picture,
      overflow: 0,
      violations: [],
      complaints: [],
    });
  }

  it.each(Object.entries(VIEWS))(
    'reads well as the run goes and when it is over, and axe finds nothing (view "%s")',
    async (view, options) => {
      const { url, watcher, play } = await started();
      play(HALF);
      await opened(url, options, async (page, complaints) => {
        await shows(page, 'word', 'Loading');
        await looksWell(page, complaints, `live${view}`);
        play(REST);
        watcher.event({ kind: 'end', result: brokenResult(), reportPath: 'runs/example/report.html' });
        await watcher.close();
        await shows(page, 'word', 'Fail');
        await looksWell(page, complaints, `live-over${view}`);
        // One row a second, whenever the table was opened.
        expect(await page.locator('#rows-latency tr').count()).toBe(40);
        expect(await page.locator('#rows-checks').innerText()).toContain('response.p99');
      });
    },
  );

  it('keeps the state of a fault in sight on a phone, beside its number, name and target', async () => {
    const { url, play } = await started();
    play(HALF);
    await opened(url, VIEWS['-phone'] as BrowserContextOptions, async (page) => {
      await shows(page, 'rows-faults', 'healed');
      await frames(page);
      const box = await page.locator('#rows-faults td').last().boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? 1_000)).toBeLessThanOrEqual(390);
    });
  });

  it('shows late readers what it shows those who watched from the beginning, to the end', async () => {
    const { url, watcher, play } = await started();
    const text = (page: Page): Promise<string> => page.locator('main').innerText();
    await opened(url, WIDE, async (early) => {
      await shows(early, 'word', 'Waiting');
      play(HALF);
      await opened(url, WIDE, async (late) => {
        await shows(late, 'tile-time', '24 s');
        play(REST);
        watcher.event(PASSED);
        await watcher.close();
        for (const page of [early, late]) await shows(page, 'word', 'Pass');
        expect(await text(late)).toBe(await text(early));
        expect(await text(late)).toContain('runs/example/report.html');
        expect(await early.title()).toContain('Pass');
        // What was said is text, whatever it was.
        expect(await text(late)).toContain('something <b>unusual</b>');
      });
    });
  });

  it('announces faults politely as they strike, and the verdict', async () => {
    const { url, watcher, play } = await started();
    await opened(url, WIDE, async (page) => {
      await shows(page, 'word', 'Waiting');
      expect(await page.locator('#told').getAttribute('role')).toBe('status');
      play([...BEGIN, STRUCK]);
      await shows(page, 'told', 'kill-node struck n2');
      await shows(page, 'rows-faults', 'active');
      play([HEALED]);
      await shows(page, 'told', 'kill-node healed n2');
      await shows(page, 'rows-faults', 'healed');
      watcher.event(PASSED);
      await shows(page, 'told', 'Pass');
    });
  });

  it('freezes its figures on request, by keyboard alone, and then catches up', async () => {
    const { url, play } = await started();
    await opened(url, WIDE, async (page) => {
      play(HALF);
      await shows(page, 'tile-time', '24 s');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the run');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      expect(await page.locator('#hold').getAttribute('aria-pressed')).toBe('true');
      play([...second(25), STRUCK]);
      // It is read out all the same, by which time the figures have come, too.
      await shows(page, 'told', 'kill-node struck n2');
      await frames(page);
      expect(await page.locator('#tile-time').innerText()).toBe('24 s');
      await page.keyboard.press('Space');
      await shows(page, 'tile-time', '25 s');
    });
  });

  it('returns to a run that has gone on, and turns to the next run behind the same port', async () => {
    const first = await started();
    const next = await started(HTTP_PLAN);
    const between = await forwarding(Number(new URL(first.url).port));
    try {
      await opened(between.url, WIDE, async (page) => {
        first.play(HALF);
        await shows(page, 'tile-time', '24 s');
        between.cut(null);
        await shows(page, 'word', 'Disconnected');
        first.play(second(25));
        between.lead(Number(new URL(first.url).port));
        await shows(page, 'word', 'Loading');
        await shows(page, 'tile-time', '25 s');
        between.cut(Number(new URL(next.url).port));
        next.play([{ kind: 'phase', phase: 'load', message: 'Asking http://127.0.0.1:9/ for 40 s' }]);
        await shows(page, 'sentence', 'Asking');
        expect(await page.locator('figure').count()).toBe(1);
      });
    } finally {
      await between.close();
    }
  });

  it('follows a real run to the verdict that the command gives', async () => {
    const out = mkdtempSync(join(tmpdir(), 'letitcrash-live-'));
    const sets = ['load.duration=5s', 'limits.lag=20s', 'expect.response.p50=< 30s'].flatMap((set) => ['--set', set]);
    const command = new Command(['run', 'smoke', '--live', '--json', '--out', join(out, 'run'), ...sets]);
    try {
      await until(() => ADDRESS.test(command.stderr), 'the address is printed');
      await opened(ADDRESS.exec(command.stderr)?.[0] ?? '', WIDE, async (page, complaints) => {
        await shows(page, 'word', 'Loading');
        await shows(page, 'word', 'Pass');
        expect(await command.ended(), command.stderr).toBe(0);
        const result = resultSchema.parse(JSON.parse(command.stdout));
        expect(await page.locator('#sentence').innerText()).toBe(verdictSentence(result));
        await page.locator('#data-latency summary').click();
        await page.locator('#rows-latency tr').first().waitFor();
        expect(await page.locator('#rows-latency tr').count()).toBeGreaterThanOrEqual(4);
        expect(complaints).toEqual([]);
      });
    } finally {
      command.child.kill('SIGINT');
      await command.ended();
      rmSync(out, { recursive: true, force: true });
    }
  });

  it('shows requests, for which there are only seconds', async () => {
    const { url, play } = await started(HTTP_PLAN);
    await opened(url, WIDE, async (page, complaints) => {
      play([
        { kind: 'phase', phase: 'load', message: 'Asking http://127.0.0.1:9/ for 40 s' },
        ...[1, 2, 3].flatMap((at) => second(at).slice(1)),
      ]);
      await shows(page, 'tile-time', '3 s');
      await looksWell(page, complaints, 'live-requests');
      expect(await page.locator('figure').count()).toBe(1);
    });
  });
});

/** A port that leads to another one, and can be cut: as when a run is killed, or a tunnel breaks. */
async function forwarding(first: number) {
  let to: number | null = first;
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    if (to === null) return inner.destroy();
    const outer = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
    return inner;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    lead: (port: number): void => {
      to = port;
    },
    /** Breaks all that goes through it; from now on it leads there, or nowhere. */
    cut: (port: number | null): void => {
      to = port;
      for (const socket of sockets) socket.destroy();
    },
    close: async (): Promise<void> => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
