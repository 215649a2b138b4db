import { describe, expect, test } from 'vitest';
import { MAX_SCENARIO_BYTES, parseScenarioText } from '../../../../harness/plan/scenario/source.ts';

const parse = (text: string) => parseScenarioText({ given: 'a', file: 'a.yaml', sha256: '', text });
const problem = (text: string) => {
  const parsed = parse(text);
  if (parsed.ok) throw new Error('expected a problem');
  return parsed.problems[0];
};

describe('a scenario text', () => {
  test('that is not YAML names line and column', () => {
    expect(problem('name: a\nload: { rate: 1/s\n')).toMatchObject({ code: 'syntax', place: { line: 3 } });
  });

  test('with an unquoted > says that it needs quotes', () => {
    expect(problem('expect:\n  rate: > 1900/s\n')?.remedy).toContain('quotes');
  });

  test('that expands aliases without end is refused quickly', () => {
    const layers = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++) {
      const before = String.fromCharCode(96 + i);
      const name = String.fromCharCode(97 + i);
      layers.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`);
    }
    expect(problem(layers.join('\n'))).toMatchObject({ code: 'syntax', message: expect.stringContaining('alias') });
  });

  test('nested absurdly deep is refused without a crash', () => {
    expect(problem('['.repeat(100_000))?.code).toBe('syntax');
  });

  test('too large is refused before it is parsed', () => {
    expect(problem(`# ${'x'.repeat(MAX_SCENARIO_BYTES)}`)?.code).toBe('file-too-large');
  });

  test('with a key given twice, or with a tag, is refused', () => {
    expect(problem('a: 1\na: 2\n')?.message).toContain('unique');
    expect(problem('a: !!js/function "x"\n')?.code).toBe('syntax');
  });

  test('gives the place of a value and of a key, also through an alias', () => {
    const parsed = parse('a: &x { b: 1 }\nc:\n  - *x\n  -  2\n');
    if (!parsed.ok) throw new Error('unreadable');
    const at = (path: (string | number)[], key = false) => {
      const { line, column } = parsed.source.locate(path, key);
      return `${line}:${column}`;
    };
    expect(at(['a', 'b'])).toBe('1:12');
    expect(at(['a', 'b'], true)).toBe('1:9');
    expect(at(['c', 1])).toBe('4:6');
    expect(at(['c', 0, 'b'])).toBe('1:12');
    expect(at(['c', 1, 'nothing', 'here'])).toBe('4:6');
  });
});
