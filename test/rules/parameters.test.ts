import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sourcesOf } from './imports.ts';
import { tooManyParameters } from './parameters.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const offences = (text: string): string[] => tooManyParameters({ path: 'harness/a.ts', text });

describe('a function', () => {
  it('of the harness, the reports or the targets takes at most four arguments', () => {
    const sources = sourcesOf(root, ['harness', 'reports', 'targets']);
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.flatMap(tooManyParameters)).toEqual([]);
  });

  it.each([
    ['a function', '\nfunction far(a, b, c, d, e) {}', 2, 'far'],
    ['one with types, defaults and patterns', 'function far({ a }: A, [b]: B, c = 1, d?: D, ...e: E[]) {}', 1, 'far'],
    ['one over several lines', 'const a = 1;\n\nexport async function far(\n  a,\n  b,\n  c,\n  d,\n  e,\n) {}', 3, 'far'],
    ['an arrow function', 'const far = (a, b, c, d, e) => a;', 1, 'far'],
    ['a method', 'class A {\n  far(a, b, c, d, e) {}\n}', 2, 'far'],
    ['a private method', 'class A {\n  #far(a, b, c, d, e) {}\n}', 2, 'far'],
    ['a constructor', 'class A {\n  constructor(a, b, c, d, e) {}\n}', 2, 'constructor'],
    ['a method of an object', 'const a = {\n  far(a, b, c, d, e) {},\n};', 2, 'far'],
    ['a function in an object', "const a = { 'far-off': (a, b, c, d, e) => 1 };", 1, 'far-off'],
    ['a method of an interface', 'interface A {\n  far(a: A, b: A, c: A, d: A, e: A): void;\n}', 2, 'far'],
    ['a property that is a function', 'interface A {\n  readonly far: (a: A, b: A, c: A, d: A, e: A) => void;\n}', 2, 'far'],
    ['a type of functions', 'type Far = (a: A, b: A, c: A, d: A, e: A) => void;', 1, 'Far'],
    ['one after a bracket in a string', "const a = ')('; const far = (a, b, c, d, e) => a;", 1, 'far'],
    ['one without a name', 'call((a, b, c, d, e) => 1);', 1, 'a function without a name'],
  ])('of five is named with its file and its line: %s', (_what, text, line, name) => {
    expect(offences(text)).toEqual([`harness/a.ts:${line}: ${name} takes 5 arguments; more than 4 are an object’s fields`]);
  });

  it.each([
    ['four arguments', 'function near(a, b, c, d) {}'],
    ['four arguments beside `this`', 'function near(this: A, a: A, b: A, c: A, d: A) {}'],
    ['five type parameters', 'function near<A, B, C, D, E>(a: A) {}'],
    ['five arguments in a call', 'near(1, 2, 3, 4, 5);'],
  ])('may have %s', (_what, text) => {
    expect(offences(text)).toEqual([]);
  });

  it('may have five if it is the published event of a driver, and nowhere else', () => {
    const text = 'interface Events {\n  delivered(a: A, b: A, c: A, d: A, e: A): void;\n}';
    expect(tooManyParameters({ path: 'harness/contracts/driver.ts', text })).toEqual([]);
    expect(offences(text)).toHaveLength(1);
  });
});
