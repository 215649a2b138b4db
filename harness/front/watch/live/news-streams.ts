/** Server-sent events (WHATWG HTML, 9.2) for everybody who follows the page: the whole story first, then each piece of news. */
import type { ServerResponse } from 'node:http';
import type { News, Story } from './page/story.ts';

/** Maximum pages open at once; further ones are told to try later. */
export const MAX_STREAMS = 16;
/** Bytes that a reader may be behind before it is disconnected; it will reconnect, and then gets the current story. */
const MAX_BEHIND = 2 ** 20;
/** Nothing may be sent for a while; a comment in between detects readers that are gone. */
const SIGN_OF_LIFE_MS = 10_000;
const TRY_AGAIN_MS = 1_000;

export class NewsStreams {
  readonly #story: () => Story;
  readonly #streams = new Set<ServerResponse>();
  readonly #signs: NodeJS.Timeout;

  constructor(story: () => Story) {
    this.#story = story;
    this.#signs = setInterval(() => this.#write(': still here\n\n'), SIGN_OF_LIFE_MS).unref();
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Takes a response whose headers are not sent yet; false if there are too many. After the end there is only the story. */
  add(response: ServerResponse): boolean {
    if (this.#streams.size >= MAX_STREAMS) return false;
    const story = this.#story();
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(`retry: ${TRY_AGAIN_MS}\n\n${block('story', story)}`);
    if (story.ending === null) {
      this.#streams.add(response);
      response.on('close', () => this.#streams.delete(response));
    } else response.end();
    return true;
  }

  tell(news: News): void {
    this.#write(block('news', news));
  }

  /** After the last piece of news. */
  close(): void {
    clearInterval(this.#signs);
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  #write(text: string): void {
    for (const stream of this.#streams) {
      // The story itself may still be in transit: it was written whole, whatever its size.
      if (stream.writableLength > MAX_BEHIND) stream.destroy();
      else stream.write(text);
    }
  }
}

/** JSON has no line breaks of its own, so it fits on one line of data. */
function block(event: 'story' | 'news', data: Story | News): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
