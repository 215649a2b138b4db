/**
 * A scenario's text as data that remembers where everything was written. Pure; load-scenario.ts reads the file.
 *
 * YAML is read in its 1.2 core form (which includes JSON), without merge keys or custom tags, and with few aliases: a file that grows when
 * it is expanded is refused.
 */
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from 'yaml';
import { errorText, outsideText } from '../../evidence/result/printable.ts';
import type { PathSegment, Place, Problem } from './problem.ts';
import { pathText } from './problem.ts';

/** A scenario is a short text; anything of this size is something else. */
export const MAX_SCENARIO_BYTES = 256 * 1024;
/** Enough to share a fault's settings; far too few to build a bomb. */
const MAX_ALIASES = 50;

export interface ScenarioSource {
  /** As the user named it: a bundled name or a path. */
  readonly given: string;
  /** Where it was read from, for messages. */
  readonly file: string;
  readonly sha256: string;
  /** First comment of the file, on one line; empty without one. */
  readonly summary: string;
  readonly data: unknown;
  /** Place of the deepest written ancestor of `path`; `key` asks for the key instead of its value. */
  locate(path: readonly PathSegment[], key?: boolean): Place;
}

export type SourceOutcome =
  | { readonly ok: true; readonly source: ScenarioSource }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface SourceText {
  readonly given: string;
  readonly file: string;
  readonly sha256: string;
  readonly text: string;
}

/** A place without a line: the file as a whole, or a path in a module. */
export function placeInFile(file: string, path: readonly PathSegment[] = []): Place {
  return { file, line: null, column: null, path: pathText(path), override: null };
}

/** Reads YAML or JSON text. Returns problems with code `syntax` or `file-too-large`; never throws. */
export function parseScenarioText(input: SourceText): SourceOutcome {
  const { given, file, sha256, text } = input;
  if (Buffer.byteLength(text) > MAX_SCENARIO_BYTES) return { ok: false, problems: [tooLarge(file, Buffer.byteLength(text))] };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2', schema: 'core' });
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0)
      return { ok: false, problems: faults.slice(0, 10).map((fault) => syntaxProblem(file, text, lines, fault)) };
    const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const locate = (path: readonly PathSegment[], key = false): Place => {
      const offset = offsetOf(document.contents, path, key, (node) => (isAlias(node) ? node.resolve(document) : node));
      if (offset === null) return placeInFile(file, path);
      const { line, col } = lines.linePos(offset);
      return { file, line, column: col, path: pathText(path), override: null };
    };
    const endless = whyEndless(data);
    if (endless !== null) return { ok: false, problems: [endlessProblem(locate(endless.path), endless.why)] };
    return { ok: true, source: { given, file, sha256, summary: firstComment(text), data, locate } };
  } catch (error) {
    // The parser throws on alias bombs and, by exhausting the stack, on absurd nesting.
    const message = errorText(error);
    const problem: Problem = {
      code: 'syntax',
      place: placeInFile(file),
      value: undefined,
      message: `cannot be read as YAML: ${message}`,
      remedy: `letitcrash reads short pages of plain YAML with at most ${MAX_ALIASES} aliases and little nesting`,
    };
    return { ok: false, problems: [problem] };
  }
}

/** Maximum nesting and maximum number of values in what a person writes. */
const MAX_DEPTH = 100;
const MAX_VALUES = 200_000;

export interface Endless {
  readonly path: readonly PathSegment[];
  readonly why: string;
}

/** Why data cannot be traversed completely, or not by recursive functions; null if it can. */
export function whyEndless(data: unknown): Endless | null {
  const above = new Set<object>();
  const path: PathSegment[] = [];
  let values = 0;
  const walk = (value: unknown): string | null => {
    values += 1;
    if (values > MAX_VALUES) return `has more than ${MAX_VALUES} values`;
    if (typeof value !== 'object' || value === null) return null;
    if (above.has(value)) return 'contains itself';
    if (above.size >= MAX_DEPTH) return `is nested more than ${MAX_DEPTH} deep`;
    above.add(value);
    for (const [key, inner] of Object.entries(value)) {
      path.push(Array.isArray(value) ? Number(key) : key);
      const why = walk(inner);
      if (why !== null) return why;
      path.pop();
    }
    above.delete(value);
    return null;
  };
  const why = walk(data);
  return why === null ? null : { path: path.slice(0, SHOWN_DEPTH), why };
}

/** The path to such a value. */
const SHOWN_DEPTH = 5;

export function endlessProblem(place: Place, why: string): Problem {
  const remedy = 'a scenario consists of plain values: write each value where it is used';
  return { code: 'syntax', place, value: undefined, message: why, remedy };
}

export function tooLarge(file: string, bytes: number): Problem {
  return {
    code: 'file-too-large',
    place: placeInFile(file),
    value: bytes,
    message: `the file has ${bytes} bytes`,
    remedy: `a scenario file has at most ${MAX_SCENARIO_BYTES} bytes; is this the right file?`,
  };
}

function syntaxProblem(file: string, text: string, lines: LineCounter, fault: YAMLError): Problem {
  const { line, col } = lines.linePos(fault.pos[0]);
  const written = text.split('\n')[line - 1] ?? '';
  const unquoted = /:\s+[>|]/.test(written);
  return {
    code: 'syntax',
    place: { file, line, column: col, path: '', override: null },
    value: outsideText(written),
    message: `not valid YAML: ${outsideText(fault.message)}`,
    remedy: unquoted
      ? 'put a condition that begins with > in quotes: rate: "> 1900/s"'
      : `check the line: ${outsideText(written)}`,
  };
}

/** The comment block that begins the file, on one line. */
export function firstComment(text: string): string {
  const words: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*#\s?(.*)$/.exec(line);
    if (match === null) {
      if (words.length > 0 || line.trim() !== '') break;
      continue;
    }
    words.push((match[1] ?? '').trim());
  }
  return words.join(' ').trim();
}

function offsetOf(
  root: Node | null,
  path: readonly PathSegment[],
  key: boolean,
  resolve: (node: Node) => Node | undefined,
): number | null {
  let offset = root?.range?.[0] ?? null;
  let node: Node | undefined = root ?? undefined;
  for (const [index, segment] of path.entries()) {
    node = node === undefined ? undefined : resolve(node);
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(segment));
      const keyNode = pair?.key;
      const last = index === path.length - 1;
      if (isNode(keyNode) && keyNode.range) offset = keyNode.range[0];
      next = pair?.value;
      if (key && last) break;
    } else if (isSeq(node) && typeof segment === 'number') {
      next = node.items[segment];
    }
    if (!isNode(next)) break;
    node = next;
    if (node.range) offset = node.range[0];
  }
  return offset;
}
