import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRequestTarget } from '../../../targets/protocol/request-target.ts';
import { anyText } from '../../any-text.ts';
import { MALFORMED, targets } from './request-target.ts';

describe('a request target', () => {
  test.each(MALFORMED)('%j is malformed', (text) => {
    expect(readRequestTarget(text)).toBeNull();
  });

  test.each([
    ['/', ['', ''], ''],
    ['//', ['', '', ''], ''],
    ['/v1/presence/a%40b', ['', 'v1', 'presence', 'a@b'], ''],
    ['/a%2Fb', ['', 'a/b'], ''],
    ['/tree?children=3&x=a+b?c[]', ['', 'tree'], 'children=3&x=a+b%3Fc%5B%5D'],
    ['http://node:80/health?a=1', ['', 'health'], 'a=1'],
    ['http://[::1]:80', ['', ''], ''],
    ['HTTP://node?a=%C3%A9', ['', ''], 'a=%C3%A9'],
  ])('%s is understood', (text, segments, query) => {
    const target = readRequestTarget(text);
    expect(target?.segments).toEqual(segments);
    expect(target?.query.toString()).toBe(query);
  });

  test('is read or malformed, whatever it contains, and never causes an error', () => {
    fc.assert(
      fc.property(fc.oneof(targets, anyText()), (text) => {
        const target = readRequestTarget(text);
        if (target !== null) expect(target.segments.map(encodeURIComponent).length).toBe(target.path.split('/').length);
      }),
      { numRuns: 2_000 },
    );
  });

  test('that names a user may encode any character, and decodes to the same name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed()),
        (name) => {
          const encoded = encodeURIComponent(name);
          const target = readRequestTarget(`/v1/presence/${encoded}?user=${encoded}`);
          expect(target?.segments[3]).toBe(name);
          expect(target?.query.get('user')).toBe(name);
        },
      ),
    );
  });
});
