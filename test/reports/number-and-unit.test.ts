import { describe, expect, it } from 'vitest';
import { unbroken } from '../../reports/html/unbroken.ts';
import { Markup } from '../../reports/markup.ts';
import { everyPage } from './every-page.ts';

/** What nobody reads in lines: what is copied, and what only a screen reader is told. */
const NOT_WRAPPED = /<(code|pre|style|script|title|desc)\b[^>]*>[\s\S]*?<\/\1>|<[^>]*>/gu;
const UNITS = ['µs', 'ms', 's', 'min', 'h', 'B', 'kB', 'MB', 'GB', 'GiB'];

describe('a number and its unit stay on one line', () => {
  it.each(everyPage())('on the page of %s', (_name, page) => {
    const text = page.replace(NOT_WRAPPED, '\n');
    expect(new RegExp(`.{0,30}\\d (?:${UNITS.join('|')})(?![\\p{L}\\d]).{0,20}`, 'u').exec(text)?.[0]).toBeUndefined();
    expect(text).toMatch(/\d\u00a0(?:µs|ms|s)\b/u);
  });

  it.each([...UNITS, 'TB', 'MiB', 'UTC'])('%s is a unit', (unit) => {
    expect(unbroken(new Markup(`<p>after 71.3 ${unit}, not</p>`)).text).toBe(`<p>after 71.3\u00a0${unit}, not</p>`);
  });

  it('a date stays on one line as well, but in a drawing, which breaks no line, and in what is copied', () => {
    const given = '<p>since 2026-10-19 08:30 <code>2026-10-19</code></p><svg><text>2026-10-19, 3 ms</text></svg>';
    expect(unbroken(new Markup(given)).text).toBe(
      '<p>since <span class="whole">2026-10-19</span> 08:30 <code>2026-10-19</code></p><svg><text>2026-10-19, 3\u00a0ms</text></svg>',
    );
  });

  it('words that only begin like a unit, attributes and text to be copied stay unchanged', () => {
    const left = '<p title="3 ms">3 hours, 5 sessions, 2 messages <code>for 5 s</code></p>';
    expect(unbroken(new Markup(left)).text).toBe(left);
  });
});
