/** Translates zod's findings into problems for people. Pure. */
import type { z } from 'zod';
import { nearest } from './did-you-mean.ts';
import { type PathSegment, type Problem, type ProblemCode, quoted } from './problem.ts';
import type { ScenarioSource } from './source.ts';

/** The value at `path`, or undefined; `present` tells an absent key from one without a value. */
export function valueAt(data: unknown, path: readonly PathSegment[]): { readonly present: boolean; readonly value: unknown } {
  let value: unknown = data;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment))
      return { present: false, value: undefined };
    value = (value as Record<PathSegment, unknown>)[segment];
  }
  return { present: true, value };
}

/** Problems of one section. `prefix` is the section's own path. `keysAt` returns the keys that are allowed at a path, for suggestions. */
export function problemsOf(
  error: z.ZodError,
  source: ScenarioSource,
  prefix: readonly PathSegment[],
  keysAt: (path: readonly PathSegment[]) => readonly string[],
): Problem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(issue, source, prefix, keysAt));
}

function problemsOfIssue(
  issue: z.core.$ZodIssue,
  source: ScenarioSource,
  prefix: readonly PathSegment[],
  keysAt: (path: readonly PathSegment[]) => readonly string[],
): Problem[] {
  const path = [...prefix, ...issue.path.map((segment) => (typeof segment === 'symbol' ? segment.toString() : segment))];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(source, path, key, keysAt(path)));
  if (issue.code === 'invalid_union') {
    // The branch that recognised the value's shape got furthest; its own complaint says more than "no branch fits".
    const deepest = issue.errors.find((branch) =>
      branch.some((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys'),
    );
    if (deepest !== undefined) return deepest.flatMap((inner) => problemsOfIssue(inner, source, path, keysAt));
  }
  const { present, value } = valueAt(source.data, path);
  if (!present) {
    const remedy = `write ${issue.message}`;
    return [{ code: 'missing', place: source.locate(path), value: undefined, message: 'is missing', remedy }];
  }
  const code = issue.code === 'custom' ? ((issue.params?.problem as ProblemCode | undefined) ?? 'invalid') : codeOf(issue);
  if (code === 'unit') return [unitProblem(source, path, value, issue.message)];
  return [problem({ code, place: source.locate(path), value, remedy: remedyOf(issue.message) })];
}

/** Our schemas' messages say what would be right; zod's own say what is expected. */
function remedyOf(message: string): string {
  const own = /^[A-Z][a-z ]+: (expected [^,]*)/.exec(message);
  if (own?.[1] !== undefined) return own[1].replaceAll('"', '');
  return message.startsWith('write ') ? message : `write ${message}`;
}

function codeOf(issue: z.core.$ZodIssue): ProblemCode {
  return issue.code === 'too_small' || issue.code === 'too_big' ? 'out-of-range' : 'invalid';
}

function problem({ code, place, value, remedy }: Omit<Problem, 'message'>): Problem {
  const what = code === 'out-of-range' ? 'is out of range' : 'is not valid';
  return { code, place, value, message: `${quoted(value)} ${what}`, remedy };
}

/** A unit's complaint has both parts: `has no unit; write a duration like 10s`. */
function unitProblem(source: ScenarioSource, path: readonly PathSegment[], value: unknown, text: string): Problem {
  const [message = text, remedy = text] = text.split('; ', 2);
  return { code: 'unit', place: source.locate(path), value, message: `${quoted(value)} ${message}`, remedy };
}

export function unknownKey(source: ScenarioSource, at: readonly PathSegment[], key: string, known: readonly string[]): Problem {
  const near = nearest(key, known);
  const path = [...at, key];
  const list = known.length === 0 ? 'no key is allowed here' : `the keys here are ${known.join(', ')}`;
  return {
    code: 'unknown-key',
    place: source.locate(path, true),
    value: valueAt(source.data, path).value,
    message: `there is no key "${key}"`,
    remedy: near === null ? list : `did you mean "${near}"? ${list}`,
  };
}

/** Keys of an object schema, looked up by path; lists and maps of any names are transparent. */
export function keysOf(schema: z.ZodType, path: readonly PathSegment[]): readonly string[] {
  let at: unknown = schema;
  for (const segment of path) {
    at = unwrap(at);
    if (typeof segment === 'number') at = (at as { element?: unknown }).element;
    else at = (at as { shape?: Record<string, unknown> }).shape?.[segment] ?? (at as { valueType?: unknown }).valueType;
    if (at === undefined) return [];
  }
  const options = (unwrap(at) as { options?: readonly unknown[] }).options ?? [unwrap(at)];
  return options.flatMap((option) => Object.keys((unwrap(option) as { shape?: object }).shape ?? {}));
}

/** Looks through optional and default wrappers. */
function unwrap(schema: unknown): object {
  let inner = schema as { def?: { innerType?: unknown } };
  while (inner.def?.innerType !== undefined) inner = inner.def.innerType as typeof inner;
  return inner;
}
