/**
 * The other end of whoever looks on, in a process of its own, so that what it costs is not counted as the run's: a collector that takes
 * what it is sent, a Prometheus that asks once a second, a browser that follows a page. Told what to follow by its parent.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const EVERY_MS = 1_000;

/** What is to be followed from now on, instead of what was. */
export type Follow = { readonly as: 'prometheus' | 'live'; readonly url: string } | { readonly as: 'nobody' };

/** What came of it, and where it listens: said at the start, and whenever it follows nobody any more. */
export interface Seen {
  readonly receiver: string;
  /** Pieces of what it was told since it was told to follow. */
  readonly pieces: number;
}

let following = new AbortController();
let pieces = 0;

const receiver = createServer((request, response) => {
  pieces += 1;
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
});
receiver.listen(0, '127.0.0.1', report);

function report(): void {
  const { port } = receiver.address() as AddressInfo;
  process.send?.({ receiver: `http://127.0.0.1:${port}`, pieces } satisfies Seen);
}

/** A run ends under whoever follows it: that is no error. */
async function drained(url: string, signal: AbortSignal): Promise<void> {
  try {
    const { body } = await fetch(url, { signal });
    if (body !== null) for await (const _ of body) pieces += 1;
  } catch {}
}

async function follow({ as, url }: Exclude<Follow, { readonly as: 'nobody' }>, signal: AbortSignal): Promise<void> {
  if (as === 'live') {
    await drained(url, signal);
    await drained(new URL('news', url).href, signal);
    return;
  }
  const timer = setInterval(() => drained(url, signal), EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer));
}

process.on('message', (followed: Follow) => {
  following.abort();
  following = new AbortController();
  if (followed.as === 'nobody') {
    report();
    pieces = 0;
  } else follow(followed, following.signal);
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
