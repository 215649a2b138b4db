/**
 * Text that goes into HTML, SVG and XML. Only a Markup is taken as it is; everything else is escaped, so that a scenario's
 * name can never become an element.
 */
import { printable } from '../harness/evidence/result/printable.ts';

export { oneLine, printable } from '../harness/evidence/result/printable.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escaped for HTML and XML, in text and in attributes; what may not be printed becomes U+FFFD. */
export function escapeText(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ESCAPES[character] as string);
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
