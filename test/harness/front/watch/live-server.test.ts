import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startLivePage } from '../../../../harness/front/watch/live/live-page.ts';
import { MAX_STREAMS } from '../../../../harness/front/watch/live/news-streams.ts';
import type { News, Story } from '../../../../harness/front/watch/live/page/story.ts';
import { WatchError } from '../../../../harness/front/watch/watch-error.ts';
import type { Watcher } from '../../../../harness/front/watch/watcher.ts';
import type { RunEvent } from '../../../../harness/run/conductor/progress.ts';
import { plan, WHOLE_RUN } from './watched-run.ts';

const open: Watcher[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((watcher) => watcher.close()));
});

async function started(): Promise<{ readonly watcher: Watcher; readonly url: URL }> {
  const told: RunEvent[] = [];
  const watcher = await startLivePage(plan(), 0, (event) => told.push(event));
  open.push(watcher);
  const [address] = told;
  if (address?.kind !== 'watching') throw new Error('it did not say where it is');
  return { watcher, url: new URL(address.url) };
}

async function status(
  url: URL,
  options: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<number> {
  const asked = request(url, { agent: false, ...options });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.destroy();
  return response.statusCode as number;
}

/** A page's stream, as far as it has come. */
class Reader {
  readonly response: IncomingMessage;
  #text = '';
  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
    });
  }

  static async open(url: URL): Promise<Reader> {
    const [response] = (await once(get(new URL('/news', url), { agent: false }), 'response')) as [IncomingMessage];
    return new Reader(response);
  }

  get blocks(): readonly { readonly event: string; readonly data: unknown }[] {
    return [...this.#text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)].map(([, event = '', data = '']) => ({
      event,
      data: JSON.parse(data),
    }));
  }

  /** What it began with. */
  get story(): Story {
    return this.blocks[0]?.data as Story;
  }

  async ended(): Promise<void> {
    if (!this.response.readableEnded) await once(this.response, 'end');
  }
}

describe('the server of the live page', () => {
  it('serves a page whose scripts, style and stream are its own, and permits nothing else', async () => {
    const { url } = await started();
    const page = await fetch(url);
    const html = await page.text();
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const paths = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
    expect(paths).toContain('/uplot.js');
    for (const path of paths) {
      const file = await fetch(new URL(path, url));
      expect([path, file.status]).toEqual([path, 200]);
      const text = await file.text();
      for (const [, from = ''] of text.matchAll(/^import[^;]*from '([^']+)'/gm)) {
        expect([from, (await fetch(new URL(from, file.url))).status]).toEqual([from, 200]);
      }
    }
  });

  it('answers under its own names only, to reading methods only, and never to requests from other pages', async () => {
    const { url } = await started();
    const host = `127.0.0.1:${url.port}`;
    const news = new URL('/news', url);
    expect(await status(url, { headers: { host: `localhost:${url.port}` } })).toBe(200);
    expect(await status(url, { headers: { host: `rebound.example:${url.port}` } })).toBe(421);
    expect(await status(news, { headers: { host: 'rebound.example' } })).toBe(421);
    expect(await status(url, { method: 'POST' })).toBe(405);
    expect(await status(news, { headers: { host, 'sec-fetch-site': 'cross-site' } })).toBe(403);
    expect(await status(news, { headers: { host, 'sec-fetch-site': 'same-site' } })).toBe(403);
    expect(await status(url, { headers: { host, 'sec-fetch-site': 'cross-site' } })).toBe(200);
    expect(await status(new URL('/package.json', url))).toBe(404);
    expect(await status(new URL('/harness/front/watch/live/server.ts', url))).toBe(404);
  });

  it('sends late readers the whole story first, and ends with the verdict', async () => {
    const { watcher, url } = await started();
    const early = await Reader.open(url);
    for (const event of WHOLE_RUN.slice(0, 5)) watcher.event(event);
    const late = await Reader.open(url);
    for (const event of WHOLE_RUN.slice(5)) watcher.event(event);
    await watcher.close();
    await Promise.all([early.ended(), late.ended()]);
    for (const { blocks } of [early, late]) {
      expect(blocks[0]?.event).toBe('story');
      expect(blocks.at(-1)).toMatchObject({ event: 'news', data: { kind: 'ending' } satisfies Partial<News> });
    }
    expect(early.story.points).toEqual([]);
    expect(late.story.faults).toMatchObject([{ state: 'healed' }]);
  });

  it('sends the whole story to readers who come between the verdict and the end', async () => {
    const { watcher, url } = await started();
    for (const event of WHOLE_RUN) watcher.event(event);
    const reader = await Reader.open(url);
    await reader.ended();
    expect(reader.story.ending).toMatchObject({ report: 'runs/example/report.html' });
  });

  it('reports a run that nobody judged as cut short, and is gone afterwards', async () => {
    const { watcher, url } = await started();
    const reader = await Reader.open(url);
    await watcher.close();
    await reader.ended();
    expect(reader.blocks.at(-1)).toMatchObject({ data: { kind: 'ending', ending: { kind: 'cut-short' } } });
    await expect(fetch(url)).rejects.toThrow();
  });

  it('has a limited number of readers at once, and a place is free when one leaves', async () => {
    const { url } = await started();
    const readers = await Promise.all(Array.from({ length: MAX_STREAMS }, () => Reader.open(url)));
    const news = new URL('/news', url);
    expect(await status(news)).toBe(503);
    readers[0]?.response.destroy();
    let now = 503;
    while (now === 503) now = await status(news);
    expect(now).toBe(200);
  });

  it('drops a reader that does not read, and keeps sending to the others', async () => {
    const { watcher, url } = await started();
    const stuck = connect(Number(url.port), url.hostname);
    stuck.on('error', () => undefined);
    stuck.pause();
    stuck.write(`GET /news HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`);
    const reader = await Reader.open(url);
    const gone = once(stuck, 'close');
    const long = 'x'.repeat(399);
    let told = 0;
    // Each turn gives the server the time to write; the kernel holds a few megabytes for the one that does not read.
    while (!stuck.destroyed && told < 200_000) {
      for (let index = 0; index < 1_000; index += 1) watcher.event({ kind: 'warning', message: `${long}${index}` });
      told += 1_000;
      if (told === 60_000) stuck.resume();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(told).toBeLessThan(200_000);
    await gone;
    expect(reader.response.destroyed).toBe(false);
  });

  it('refuses an invalid port, and one that is taken, in words', async () => {
    const { url } = await started();
    const nobody = (): void => undefined;
    await expect(startLivePage(plan(), Number.NaN, nobody)).rejects.toThrow(WatchError);
    await expect(startLivePage(plan(), 65_536, nobody)).rejects.toMatchObject({ what: 'setting' });
    await expect(startLivePage(plan(), Number(url.port), nobody)).rejects.toMatchObject({
      what: 'machine',
      message: expect.stringContaining(`port ${url.port} of 127.0.0.1 is in use`),
    });
  });
});
