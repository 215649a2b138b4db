import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentLine, OUTSIDE_TEXT_LIMIT, outsideText } from '../../../../harness/evidence/result/printable.ts';
import { anyText } from '../../../any-text.ts';

describe('text from outside', () => {
  it('becomes one bounded line without control characters or half characters, whatever it was', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 2 * OUTSIDE_TEXT_LIMIT }), (text) => {
        const shown = outsideText(text);
        expect(shown.length).toBeLessThanOrEqual(OUTSIDE_TEXT_LIMIT);
        expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });

  it('keeps the readable part of a reason that would clear the screen', () => {
    expect(outsideText('\u001b[2Jtoo\r\nlarge\u009b31m')).toBe('\ufffd[2Jtoo large\ufffd31m');
  });
});

describe('a document on one line', () => {
  it('means the same as its source, in characters that any terminal shows', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const line = documentLine({ text });
        expect(JSON.parse(line)).toEqual({ text });
        expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
