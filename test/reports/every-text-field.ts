/** A document in which every field that may hold any text holds the same one: what each output must make harmless, wherever it came from. */
import type { z } from 'zod';

/**
 * What a server, a tool or a file could say to take over a terminal, a log, a page or a feed: a title, BEL, a cleared screen, a line of its own
 * that is a command to a runner (GitHub's two forms, Azure's), C1 and marks that turn the text round, mentions, links, images, tables and tags.
 */
export const ATTACK = [
  'x\u001b]0;title\u0007\u001b[2J\r\nINJECTED',
  '::error::no',
  '  ::warning file=a::no',
  '##[error]no ##vso[task.complete]no\rINJECTED\u2028INJECTED\u0085INJECTED',
  '\u009b31m\u202e\u2066\u200f\u061c@everyone <img src=x onerror=alert(1)> [l](http://evil.example) ![i](//evil.example)',
  'www.evil.example | `code` $x$ "quoted" \\',
].join('\n');

interface Definition {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A document of the schema with everything present, two of each list, and `text` in each text and as the name of each entry of a map. */
export function everyTextField(schema: z.core.$ZodType, text: string): unknown {
  const definition = schema._zod.def as unknown as Definition;
  const inner = (): unknown => everyTextField(definition.innerType as z.core.$ZodType, text);
  switch (definition.type) {
    case 'string':
    case 'unknown':
      return text;
    case 'number':
      return 2;
    case 'boolean':
      return false;
    case 'literal':
      return (definition.values as unknown[])[0];
    case 'enum':
      return Object.values(definition.entries as Record<string, string>)[0];
    case 'nullable':
    case 'optional':
    case 'default':
      return inner();
    case 'array': {
      const element = (): unknown => everyTextField(definition.element as z.core.$ZodType, text);
      return [element(), element()];
    }
    case 'tuple':
      return (definition.items as z.core.$ZodType[]).map((item) => everyTextField(item, text));
    case 'record':
      return { [text]: everyTextField(definition.valueType as z.core.$ZodType, text) };
    case 'object':
      return Object.fromEntries(
        Object.entries(definition.shape as Record<string, z.core.$ZodType>).map(([key, value]) => [
          key,
          everyTextField(value, text),
        ]),
      );
    default:
      throw new Error(`no example of a zod schema of type ${definition.type}`);
  }
}
