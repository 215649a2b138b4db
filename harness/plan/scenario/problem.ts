/** What is wrong with a scenario, as data: where, what, and what would be right. */
import { outsideText } from '../../evidence/result/printable.ts';

export type ProblemCode =
  | 'file-missing'
  | 'file-unreadable'
  | 'file-too-large'
  | 'syntax'
  | 'override'
  | 'missing'
  | 'unknown-key'
  | 'invalid'
  | 'unit'
  | 'out-of-range'
  | 'unknown-target'
  | 'unknown-driver'
  | 'own-file'
  | 'target-config'
  | 'unsupported'
  | 'unknown-fault'
  | 'impossible-fault'
  | 'impossible-load'
  | 'unknown-metric';

export interface Place {
  /** The file, or the bundled scenario's file, as the user would find it. */
  readonly file: string;
  /** Counted from 1; null where the source has no lines (a .ts module, a missing file). */
  readonly line: number | null;
  readonly column: number | null;
  /** Like `load.rate` or `faults[0].at`; empty for the whole file. */
  readonly path: string;
  /** The `--set` that brought the value, as typed; null if it came from the file. */
  readonly override: string | null;
}

export interface Problem {
  readonly code: ProblemCode;
  readonly place: Place;
  /** The offending value as data; undefined if something is missing. */
  readonly value: unknown;
  readonly message: string;
  readonly remedy: string;
}

export type PathSegment = string | number;

/** What only a target can know: whether there is such a server, what it takes and what it can suffer. */
const OF_THE_SERVER: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'unknown-target',
  'unknown-driver',
  'own-file',
  'target-config',
  'unsupported',
  'impossible-fault',
  'impossible-load',
]);

/** Whether it is one with this server, and might be none with another. */
export function isOfServer({ code, place }: Problem): boolean {
  return OF_THE_SERVER.has(code) || place.path.startsWith('target');
}

/** `['faults', 0, 'at']` as `faults[0].at`. */
export function pathText(path: readonly PathSegment[]): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else text += text === '' ? segment : `.${segment}`;
  }
  return text;
}

/** One or two lines for people: place, what is wrong, what would be right. */
export function describeProblem(problem: Problem): string {
  const { place } = problem;
  const position = place.line === null ? place.file : `${place.file}:${place.line}:${place.column ?? 1}`;
  const where = outsideText(place.override === null ? position : `--set ${place.override}`);
  const path = place.path === '' ? '' : ` ${outsideText(place.path)}:`;
  return `${where === '' ? "''" : where}:${path} ${outsideText(problem.message, MESSAGE_CHARS)}\n  ${outsideText(problem.remedy, REMEDY_CHARS)}`;
}

/** Limit for our own words with a value in them; a remedy may list the bundled scenarios. */
const MESSAGE_CHARS = 500;
const REMEDY_CHARS = 1_000;

/** A value shortened for a message. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/**
 * Each problem once, in the order of the file. A value that breaks two rules with one remedy is one mistake: 1e18 is above the maximum, and
 * is not a safe number.
 */
export function inFileOrder(problems: readonly Problem[]): readonly Problem[] {
  const key = ({ place, remedy }: Problem): string => JSON.stringify([place, remedy]);
  const once = problems.filter((problem, index) => problems.findIndex((other) => key(other) === key(problem)) === index);
  const line = ({ place }: Problem): number => place.line ?? Number.MAX_SAFE_INTEGER;
  return once.toSorted((a, b) => line(a) - line(b) || (a.place.column ?? 0) - (b.place.column ?? 0));
}
