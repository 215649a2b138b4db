/** Server-sent events (WHATWG HTML, 9.2) to everybody who looks at the page: the whole story first, then piece by piece. */
import type { ServerResponse } from 'node:http';
import type { News, Story } from './page/story.ts';

/** Pages open at once; further ones are told to try later. */
export const MAX_STREAMS = 16;
/** Bytes that a reader may be behind before it is let go; it will come again, and gets the story as it is then. */
const MAX_BEHIND = 2 ** 20;
/** Nothing may be told for a while; a word in between finds out who has gone. */
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

  /** Takes a response whose headers are not sent yet; false when there are too many. After the ending the story is all there is. */
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

  /** After the last news. */
  close(): void {
    clearInterval(this.#signs);
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  #write(text: string): void {
    for (const stream of this.#streams) {
      // The story itself may be on its way still: it was written whole, whatever its size.
      if (stream.writableLength > MAX_BEHIND) stream.destroy();
      else stream.write(text);
    }
  }
}

/** JSON has no line break of its own, so one line of data holds it. */
function block(event: 'story' | 'news', data: Story | News): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
