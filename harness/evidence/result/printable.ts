/**
 * Makes foreign text (a server's reason, a user's file, a tool's output) safe to show: this is the one function for it, used wherever such
 * text goes to a terminal, into a report or into a document. Pure.
 */

// What XML 1.0 forbids, the C1 controls, the marks that reorder the text around them (U+061C, U+200E-200F, U+202A-202E, U+2066-2069), and
// letters that nobody sees (U+FFF9-FFFB, U+E0000-E007F).
const UNPRINTABLE =
  /[^\t\n\r\x20-\x7e\u00a0-\u061b\u061d-\u200d\u2010-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufff8\ufffc-\ufffd\u{10000}-\u{dffff}\u{e0080}-\u{10ffff}]/gu;

/** The text with every control character replaced by U+FFFD; line breaks and tabs stay. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** One line: line breaks and tabs become spaces. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/gu, ' ').trim();
}

/** Characters that move a terminal's cursor to another line, or that begin another line for the reader of a log. */
const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/u;
/** The colours that reports have (styleText): bold, dim, red, green and yellow, and their ends. */
const COLOUR_SEQUENCE = `${String.fromCharCode(0x1b)}\\[(?:1|2|22|31|32|33|39)m`;
const COLOUR = new RegExp(COLOUR_SEQUENCE, 'gu');
/** A command to GitHub's runner begins its line, with or without a colour. */
const LINE_COMMAND = new RegExp(`^((?:\\s|${COLOUR_SEQUENCE})*):(?=:)`, 'u');
/** No text that a person reads to its end is longer. */
const MOST_LINE_CHARS = 4_000;

/** What goes to a terminal or into a log. */
export interface LogOptions {
  /** Keeps the colours that report builders use; all other sequences are removed in any case. */
  readonly colour?: boolean;
}

/**
 * Lines for a terminal or for the log of a CI system, whoever wrote the words in them: no control characters, no line longer than
 * MOST_LINE_CHARS, and nothing that a runner takes as a command when it reads the log: `::error::` at the beginning of a line (GitHub),
 * `##[error]`, `##vso[...]` and `##teamcity[...]` anywhere (GitHub, Azure, TeamCity).
 */
export function logText(text: string, { colour = false }: LogOptions = {}): string {
  return text
    .split(LINE_BREAK)
    .map((line) => withoutCommands(clip(colour ? coloured(line) : printable(line), MOST_LINE_CHARS)))
    .join('\n');
}

/** Without control characters but those of COLOUR. */
function coloured(line: string): string {
  const colours = [...line.matchAll(COLOUR)].map(([sequence]) => sequence);
  return line
    .split(COLOUR)
    .map((part, index) => printable(part) + (colours[index] ?? ''))
    .join('');
}

function withoutCommands(line: string): string {
  return line.replace(LINE_COMMAND, '$1: ').replace(/#(?=#\w*\[)/gu, '# ');
}

/**
 * A JSON document that can be shown on any terminal and in any log: characters that cannot be printed are escaped, so its meaning is
 * unchanged.
 */
export function documentText(value: unknown): string {
  return shown(JSON.stringify(value, null, 2));
}

/** The same on one line, with a line end: for a file with one document on each line. */
export function documentLine(value: unknown): string {
  return `${shown(JSON.stringify(value))}\n`;
}

/** Of JSON, the same JSON. */
function shown(json: string): string {
  const escaped = (character: string): string =>
    Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');
  return json
    .replace(UNPRINTABLE, escaped)
    .replace(/[\u2028\u2029]/gu, escaped)
    .replace(/#(?=#\w*\[)/gu, '\\u0023');
}

/** At most `limit` characters of a text, never half a surrogate pair. */
export function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/u, '')}…`;
}

/** Maximum characters kept of one text that a server or a tool wrote. */
export const OUTSIDE_TEXT_LIMIT = 160;

/** Foreign text: one line without control characters, of at most `limit` characters. */
export function outsideText(text: string, limit: number = OUTSIDE_TEXT_LIMIT): string {
  // A text of megabytes is not searched beyond what will be kept.
  return clip(oneLine(text.slice(0, 4 * limit)), limit);
}

/** What foreign code threw, as one such line: the kind of error if it says something, and the message, without the stack. */
export function errorText(error: unknown, limit: number = ERROR_LIMIT): string {
  if (!(error instanceof Error)) return outsideText(thrownText(error), limit);
  const kind = MISTAKES.has(error.name) ? `${error.name}: ` : '';
  const { code } = error as NodeJS.ErrnoException;
  const message = error.message === '' ? (code ?? error.name) : `${kind}${error.message}`;
  // A remedy is a line of its own in words that are ours.
  return outsideText(message.replaceAll('\n  ', '; '), limit);
}

/** Kinds of error that say what was wrong; for others the message does. */
const MISTAKES: ReadonlySet<string> = new Set(['TypeError', 'ReferenceError', 'RangeError']);
/** Room for a path and what is wrong with it. */
const ERROR_LIMIT = 400;

function thrownText(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return `a ${typeof thrown} that has no text`;
  }
}
