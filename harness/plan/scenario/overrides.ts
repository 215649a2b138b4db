/**
 * `--set path=value`: overrides of a scenario. They are applied before the scenario is checked, so that an invalid one is reported like an
 * invalid line of the file, with its own text. Pure.
 */
import { parseDocument } from 'yaml';
import { errorText } from '../../evidence/result/printable.ts';
import type { PathSegment, Problem } from './problem.ts';
import { pathText } from './problem.ts';
import type { ScenarioSource } from './source.ts';

const MAX_OVERRIDES = 100;
const MAX_OVERRIDE_CHARS = 4096;
const MAX_LIST_LENGTH = 1000;

interface Override {
  readonly text: string;
  readonly path: readonly PathSegment[];
  readonly value: unknown;
}

export interface OverriddenSource {
  readonly source: ScenarioSource;
  readonly problems: readonly Problem[];
}

/** Applies `path=value` texts in order. Values are YAML: `--set load.rate=4000/s`, `--set 'faults[0].at=5s'`. */
export function applyOverrides(source: ScenarioSource, texts: readonly string[]): OverriddenSource {
  const problems: Problem[] = [];
  const applied: Override[] = [];
  let data: unknown = unshared(source.data);
  if (texts.length > MAX_OVERRIDES) {
    return { source, problems: [refuse(source, '', `there are ${texts.length} overrides`, `at most ${MAX_OVERRIDES}`)] };
  }
  for (const text of texts) {
    const parsed = parseOverride(text);
    if (typeof parsed === 'string') {
      problems.push(refuse(source, text, parsed, 'write --set path=value, like --set load.rate=4000/s or --set faults[0].at=5s'));
      continue;
    }
    if (data === null || data === undefined) data = {};
    const failure = assign(data, parsed.path, parsed.value);
    if (failure === null) applied.push(parsed);
    else problems.push(refuse(source, text, failure, 'name a key that can hold a value, like load.rate or faults[0].at'));
  }
  const locate: ScenarioSource['locate'] = (path, key) => {
    const by = applied.findLast((override) => covers(override.path, path));
    if (by === undefined) return source.locate(path, key);
    return { file: source.file, line: null, column: null, path: pathText(path), override: by.text };
  };
  return { source: { ...source, data, locate }, problems };
}

/** A copy in which a value that an alias shared is duplicated, so that setting one does not set the other. */
function unshared(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(unshared);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, unshared(value)]));
}

function refuse(source: ScenarioSource, text: string, message: string, remedy: string): Problem {
  return {
    code: 'override',
    place: { file: source.file, line: null, column: null, path: '', override: text },
    value: text,
    message,
    remedy,
  };
}

function covers(override: readonly PathSegment[], path: readonly PathSegment[]): boolean {
  return override.length <= path.length && override.every((segment, i) => String(segment) === String(path[i]));
}

function parseOverride(text: string): Override | string {
  const equals = text.indexOf('=');
  if (equals < 1) return 'has no path=value';
  if (text.length > MAX_OVERRIDE_CHARS) return `is longer than ${MAX_OVERRIDE_CHARS} characters`;
  const path = parsePath(text.slice(0, equals).trim());
  if (path === null) return 'has a path that cannot be read';
  const document = parseDocument(text.slice(equals + 1), { version: '1.2', schema: 'core', prettyErrors: false });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) return readAsText(text, path, equals, fault.message);
  try {
    return { text, path, value: document.toJS({ maxAliasCount: 0 }) };
  } catch (error) {
    return `has a value that cannot be read: ${errorText(error)}`;
  }
}

/** A condition such as `> 1900/s` is not YAML, and the shell removes quotes on a command line: take it as it is. */
function readAsText(text: string, path: readonly PathSegment[], equals: number, message: string): Override | string {
  const value = text.slice(equals + 1).trim();
  return /^[<>=]/.test(value) ? { text, path, value } : `has a value that is not valid YAML: ${message}`;
}

/** `faults[0].at` and `faults.0.at` are the same; the names in `expect` contain dots and stay whole. Null if malformed. */
export function parsePath(text: string): PathSegment[] | null {
  const expectation = /^expect\.(.+)$/.exec(text);
  if (expectation?.[1] !== undefined) return ['expect', expectation[1]];
  const path: PathSegment[] = [];
  for (const part of text.split('.')) {
    const match = /^([^[\]]+)((?:\[\d+\])*)$/.exec(part);
    if (match?.[1] === undefined) return null;
    path.push(/^\d+$/.test(match[1]) ? Number(match[1]) : match[1]);
    for (const index of (match[2] ?? '').matchAll(/\d+/g)) path.push(Number(index[0]));
  }
  return path;
}

function assign(root: unknown, path: readonly PathSegment[], value: unknown): string | null {
  let holder: unknown = root;
  for (const [index, segment] of path.entries()) {
    const last = index === path.length - 1;
    const at = pathText(path.slice(0, index));
    if (Array.isArray(holder)) {
      const list: unknown[] = holder;
      if (typeof segment !== 'number') return `${at} is a list: give a number, like ${at}[0]`;
      if (segment > list.length || segment >= MAX_LIST_LENGTH)
        return `${at} has ${list.length} entries, so there is no [${segment}]`;
      if (last) list[segment] = value;
      else if (list[segment] === undefined || list[segment] === null) list[segment] = emptyFor(path[index + 1]);
      holder = list[segment];
    } else if (typeof holder === 'object' && holder !== null) {
      const name = String(segment);
      const map = holder as Record<string, unknown>;
      const present = Object.hasOwn(map, name) ? map[name] : undefined;
      // Defined, not assigned: a key named __proto__ is then a key like any other, and is refused as unknown.
      if (last) Object.defineProperty(map, name, { value, writable: true, enumerable: true, configurable: true });
      else if (present === undefined || present === null) {
        Object.defineProperty(map, name, {
          value: emptyFor(path[index + 1]),
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
      holder = Object.hasOwn(map, name) ? map[name] : undefined;
    } else {
      return `${at === '' ? 'the scenario' : at} is ${JSON.stringify(holder)}, which has no ${JSON.stringify(String(segment))} inside`;
    }
  }
  return null;
}

function emptyFor(next: PathSegment | undefined): unknown {
  return typeof next === 'number' ? [] : {};
}
