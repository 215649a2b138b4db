/** Keeps a number and its unit on one line, everywhere in a page but in what people copy. */
import { Markup } from '../markup.ts';

const PARTS = /<(code|pre|style|script|title|desc)\b[^>]*>[\s\S]*?<\/\1>|<[^>]*>|[^<]+/gu;
const NUMBER_AND_UNIT = /(\d) (?=(?:µs|ms|s|min|h|B|kB|MB|GB|TB|MiB|GiB|UTC)(?![\p{L}\d]))/gu;

/** Values in the markup are escaped, so that no text holds a < of its own, and no attribute a >. */
export function unbroken({ text }: Markup): Markup {
  return new Markup(text.replace(PARTS, (part) => (part.startsWith('<') ? part : part.replace(NUMBER_AND_UNIT, '$1\u00a0'))));
}
