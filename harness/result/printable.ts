/**
 * Text from outside (a server's reason, a user's file, a tool's output), made safe to show: the one function for it, used wherever such
 * text goes to a terminal, into a report or into a document. Pure.
 */

// What XML 1.0 forbids, the C1 controls, and the marks that reorder the text around them (U+202A-202E, U+2066-2069).
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\u00a0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** The text with every control character replaced by U+FFFD; line breaks and tabs stay. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** One line: line breaks and tabs become spaces. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/gu, ' ').trim();
}

/** At most `limit` characters of a text, never half a surrogate pair. */
export function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}

/** Most characters kept of one text that a server or a tool wrote. */
export const OUTSIDE_TEXT_LIMIT = 160;

/** A text that somebody else wrote: one line without control characters, of at most `limit` characters. */
export function outsideText(text: string, limit: number = OUTSIDE_TEXT_LIMIT): string {
  // A text of megabytes is not searched for what will be cut.
  return clip(oneLine(text.slice(0, 4 * limit)), limit);
}
