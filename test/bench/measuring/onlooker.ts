/**
 * The other end of whoever looks on, in a process of its own, so that what it costs is not counted as the run's: a collector that takes
 * what it is sent, a Prometheus that asks once a second, a browser that follows a page. Told what to follow by its parent.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const EVERY_MS = 1_000;

/** What is to be followed from now on, instead of what was. */
export type Follow = { readonly as: 'prometheus' | 'live'; readonly url: string } | { readonly as: 'nobody' };

let following = new AbortController();

const receiver = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
});
receiver.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}`));

/** A run ends under whoever follows it: that is no error. */
async function drained(url: string, signal: AbortSignal): Promise<void> {
  try {
    const { body } = await fetch(url, { signal });
    if (body !== null) for await (const _ of body);
  } catch {}
}

async function follow(followed: Follow, signal: AbortSignal): Promise<void> {
  if (followed.as === 'live') {
    await drained(followed.url, signal);
    await drained(new URL('news', followed.url).href, signal);
  } else if (followed.as === 'prometheus') {
    const timer = setInterval(() => drained(followed.url, signal), EVERY_MS);
    signal.addEventListener('abort', () => clearInterval(timer));
  }
}

process.on('message', (followed: Follow) => {
  following.abort();
  following = new AbortController();
  follow(followed, following.signal);
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
