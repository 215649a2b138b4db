/** The time in which users still wait is drawn as trouble: from the heal until they are whole again, and never in a colour of what is good. */
import { describe, expect, it } from 'vitest';
import { htmlReport } from '../../reports/html/report.ts';
import { everyPage } from './every-page.ts';
import { exampleResult } from './example-result.ts';
import { allIn } from './page-elements.ts';
import { type Element, elementsOf } from './well-formed.ts';

const numberOf = ({ attributes }: Element, name: string): number => Number(attributes.get(name));

describe('the band of users who still wait', () => {
  it('reaches from the heal of its fault to the moment at which the users had recovered', () => {
    const chart = allIn(htmlReport(exampleResult()), 'svg').find(({ attributes }) =>
      attributes.get('aria-labelledby')?.startsWith('latency-time-wide'),
    ) as Element;
    const of = (kind: string): Element[] => [...elementsOf(chart)].filter(({ attributes }) => attributes.get('class') === kind);
    const waiting = of('waiting-band');
    expect(waiting).toHaveLength(of('fault-band').length);
    const ends = waiting.map((band) => numberOf(band, 'x') + numberOf(band, 'width'));
    for (const [index, line] of of('recovered').entries()) expect(ends[index]).toBeCloseTo(numberOf(line, 'x1'), 0);
    for (const [index, band] of of('fault-band').entries())
      expect(numberOf(waiting[index] as Element, 'x')).toBeCloseTo(numberOf(band, 'x') + numberOf(band, 'width'), 0);
  });

  it.each(everyPage())('is more red than green and more green than blue, in light and in dark: %s', (_name, page) => {
    for (const kind of ['waiting-band', 'waiting', 'fault-band']) {
      const colour = new RegExp(`svg \\.${kind} \\{ (?:fill|stroke): var\\((--[\\w-]+)\\)`).exec(page)?.[1];
      const values = [...page.matchAll(new RegExp(`${colour}: #(..)(..)(..)`, 'g'))].map((found) =>
        found.slice(1).map((channel) => Number.parseInt(channel, 16)),
      );
      expect(values.length).toBeGreaterThan(1);
      for (const [red = 0, green = 0, blue = 0] of values) {
        expect(red).toBeGreaterThan(green);
        expect(green).toBeGreaterThan(blue);
      }
    }
  });
});
