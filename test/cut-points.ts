/**
 * A Vite plugin that puts a call of `globalThis.cutPoint` before every statement of the server's own code, and at the start of every
 * function: wherever V8 might stop a handler that does not return, and more. It is for tests named `*.cut.test.ts`, which stop one there.
 */
import type { Plugin } from 'vitest/config';
import { parseAst } from 'vitest/node';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly expression?: unknown;
  readonly body?: Node | readonly Node[];
  readonly consequent?: readonly Node[];
}

const ROOM = /(?<!\/test)\/targets\/reference\/(runtime|messaging|http)\/.+\.ts$/;

export function cutPoints(): Plugin {
  return {
    name: 'cut-points',
    enforce: 'post',
    transform(code, id) {
      const [file, room] = ROOM.exec(id) ?? [];
      return file === undefined
        ? null
        : { code: withPoints(code, (at) => `globalThis.cutPoint?.('${room}','${file}:${at}')`), map: null };
    },
  };
}

/** `code` with `point`, an expression that may tell where it is, put in. */
function withPoints(code: string, point: (at: number) => string): string {
  const inserts: { readonly at: number; readonly text: string }[] = [];
  const before = (statements: readonly Node[]): void => {
    for (const { start } of statements) inserts.push({ at: start, text: `${point(start)};` });
  };
  const visit = (node: Node): void => {
    const { body } = node;
    if (node.type === 'BlockStatement') before(body as readonly Node[]);
    else if (node.type === 'SwitchCase') before(node.consequent as readonly Node[]);
    else if (node.type === 'ArrowFunctionExpression' && (body as Node).type !== 'BlockStatement')
      inserts.push({ at: (body as Node).start, text: `(${point((body as Node).start)},` }, { at: (body as Node).end, text: ')' });
    for (const child of Object.values(node).flat()) if (isNode(child)) visit(child);
  };
  visit(parseAst(code) as unknown as Node);
  let result = '';
  let from = 0;
  for (const { at, text } of inserts.toSorted((a, b) => a.at - b.at)) {
    result += code.slice(from, at) + text;
    from = at;
  }
  return result + code.slice(from);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}
