/** Keeps a number and its unit, and a date, on one line, everywhere in a page but in what people copy. */
import { Markup } from '../markup.ts';

const PARTS = /<(code|pre|style|script|title|desc)\b[^>]*>[\s\S]*?<\/\1>|<[^>]*>|[^<]+/gu;
const NUMBER_AND_UNIT = /(\d) (?=(?:µs|ms|s|min|h|B|kB|MB|GB|TB|MiB|GiB|UTC)(?![\p{L}\d]))/gu;

const DATE = /\b\d{4}-\d\d-\d\d\b/gu;
/** No line of a drawing is ever broken, and it can hold no span. */
const DRAWING = /(<svg\b[\s\S]*?<\/svg>)/u;

/** Values in the markup are escaped, so that no text holds a < of its own, and no attribute a >. */
export function unbroken({ text }: Markup): Markup {
  const pieces = text.split(DRAWING).map((piece) => {
    const isDrawing = piece.startsWith('<svg');
    return piece.replace(PARTS, (part) => {
      if (part.startsWith('<')) return part;
      const numbers = part.replace(NUMBER_AND_UNIT, '$1\u00a0');
      return isDrawing ? numbers : numbers.replace(DATE, '<span class="whole">$&</span>');
    });
  });
  return new Markup(pieces.join(''));
}
