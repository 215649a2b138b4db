/**
 * Text that goes into HTML, SVG and XML. Only a Markup is taken as it is; everything else is escaped, so that a scenario's
 * name can never become an element.
 */

// What XML 1.0 forbids, the C1 controls, and the marks that reorder the text around them (U+202A-202E, U+2066-2069).
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\u00a0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escaped for HTML and XML, in text and in attributes; what may not be printed becomes U+FFFD. */
export function escapeText(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ESCAPES[character] as string);
}

/** The text without control characters: safe for a terminal. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** One line: line breaks and tabs become spaces. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/gu, ' ').trim();
}

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Piece = Markup | string | number | null | readonly Piece[];

/** A template whose literal parts are markup and whose values are escaped, unless they are Markup; null is nothing. */
export function markup(literals: TemplateStringsArray, ...values: readonly Piece[]): Markup {
  let text = literals[0] as string;
  for (const [index, value] of values.entries()) text += pieceText(value) + (literals[index + 1] as string);
  return new Markup(text);
}

function pieceText(piece: Piece): string {
  if (piece === null) return '';
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === 'number') return String(piece);
  if (typeof piece === 'string') return escapeText(piece);
  return piece.map(pieceText).join('');
}
