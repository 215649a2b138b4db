/** What is wrong with a scenario, as data: where, what, and what would be right. */

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
  /** The `--set` that brought the value, as typed; null when the file did. */
  readonly override: string | null;
}

export interface Problem {
  readonly code: ProblemCode;
  readonly place: Place;
  /** The offending value as data; undefined when something is missing. */
  readonly value: unknown;
  readonly message: string;
  readonly remedy: string;
}

export type PathSegment = string | number;

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
  const where = place.override === null ? position : `--set ${place.override}`;
  const path = place.path === '' ? '' : ` ${place.path}:`;
  return `${where}:${path} ${problem.message}\n  ${problem.remedy}`;
}

/** A value shortened for a message. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
