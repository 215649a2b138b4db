/** Functions that take many arguments by position: found in the syntax tree, those that are only declared included. */
import { parseAst } from 'vitest/node';
import type { Source } from './imports.ts';

/** More than these are named by an object. */
export const MAX_PARAMETERS = 4;

/** `delivered` of a driver's events: published since the first version, so that drivers of other people call it. By file. */
const PUBLISHED: Readonly<Record<string, string>> = {
  'harness/contracts/driver.ts': 'delivered',
  'harness/run/drivers/checked-session.ts': 'delivered',
  'harness/run/load/user.ts': 'delivered',
};

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

const LANGUAGES = { ts: 'ts', mts: 'ts', cts: 'ts', js: 'js', mjs: 'js', cjs: 'js' } as const;

/** One line for each function with too many parameters: file, line, name, how many. `this` and type parameters do not count. */
export function tooManyParameters({ path, text }: Source): string[] {
  const lang = LANGUAGES[path.slice(path.lastIndexOf('.') + 1) as keyof typeof LANGUAGES] ?? 'ts';
  const found: string[] = [];
  if (!mayHaveTooMany(text)) return found;
  visit(parseAst(text, { lang }), null, (node, parent) => {
    const count = parametersOf(node);
    const name = nameOf(node) ?? nameOf(parent) ?? 'a function without a name';
    if (count <= MAX_PARAMETERS || PUBLISHED[path] === name) return;
    const line = text.slice(0, node.start).split('\n').length;
    found.push(`${path}:${line}: ${name} takes ${count} arguments; more than ${MAX_PARAMETERS} are an object’s fields`);
  });
  return found;
}

/**
 * Whether so many commas lie directly in any parentheses: a quick look that spares most files the parser. Where brackets of strings or
 * regular expressions are in its way, it says yes.
 */
function mayHaveTooMany(text: string): boolean {
  const open: { readonly bracket: string; commas: number }[] = [];
  for (const [sign] of text.matchAll(/[()[\]{},]/g)) {
    const inner = open.at(-1);
    if (sign === ',') {
      if (inner !== undefined && ++inner.commas >= MAX_PARAMETERS && inner.bracket === '(') return true;
    } else if (sign in CLOSING) open.push({ bracket: sign, commas: 0 });
    else if (inner === undefined || CLOSING[inner.bracket] !== sign) return true;
    else open.pop();
  }
  return open.length > 0;
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

function parametersOf({ type, params }: Node): number {
  if (type.startsWith('TSTypeParameter') || !Array.isArray(params)) return 0;
  return (params as readonly Node[]).filter(({ name }) => name !== 'this').length;
}

/** A function's own name, or that of what it is the value of: a variable, a method, a property, a type. */
function nameOf(node: Node | null): string | null {
  const named = (node?.id ?? node?.key) as Node | null | undefined;
  return typeof named?.name === 'string' ? named.name : typeof named?.value === 'string' ? named.value : null;
}

/** Annotations of types are seen through: the parent of a function type is what has the type. */
function visit(value: unknown, parent: Node | null, tell: (node: Node, parent: Node | null) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value) visit(one, parent, tell);
    return;
  }
  const node = value as Node;
  if (typeof node.type === 'string') tell(node, parent);
  const inner = node.type === 'TSTypeAnnotation' ? parent : node;
  for (const field in node) visit(node[field], inner, tell);
}
