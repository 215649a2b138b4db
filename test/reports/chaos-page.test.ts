import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatMachineMemory,
  formatMs,
  formatRate,
  formatShare,
  formatUs,
} from '../../reports/format.ts';
import { chaosReport } from '../../reports/html/chaos.ts';
import { HTML_SIZE_LIMIT } from '../../reports/html/page.ts';
import { arbitraryResult, RUNS } from './arbitrary-result.ts';
import { exampleResult, repeatedResult } from './example-result.ts';
import { allIn, expectHarmless, expectNavigable, expectTablesBesideCharts, numbersOf, parsePage } from './page-elements.ts';
import { type Element, elementsOf, textOf } from './well-formed.ts';

describe('the chaos page', () => {
  const result = repeatedResult();
  const page = chaosReport(result) as string;
  const chart = (id: string): Element =>
    allIn(page, 'svg').find(({ attributes }) => attributes.get('aria-labelledby')?.startsWith(`${id}-wide`)) as Element;

  it('is made only for a run with repeated faults', () => {
    expect(chaosReport(exampleResult())).toBeNull();
  });

  it('says how long recovery took, in a sentence with its interval and with the repeats that never recovered', () => {
    expect(textOf(parsePage(page))).toContain(
      'kill-node, 20 repeats: service was back after 630 ms at the median and 760 ms at p95 (95% interval from 730 ms on; with so few repeats there is no upper bound); in 1 repeat (5.00%) it was not seen to be back.',
    );
  });

  it('draws a curve for each clock, with a mark for the repeat that did not recover', () => {
    const curves = chart('recovered-1');
    expect([...elementsOf(curves)].filter(({ name }) => name === 'path')).toHaveLength(4);
    expect([...elementsOf(curves)].filter(({ attributes }) => attributes.get('class') === 'censored')).toHaveLength(1);
  });

  it('draws the repeats from the injection, from the heal, and one after another', () => {
    for (const id of ['repeats-1', 'repeats-heal-1', 'by-repeat-1']) expect(chart(id)).toBeDefined();
    expect([...elementsOf(chart('by-repeat-1'))].filter(({ name }) => name === 'circle')).toHaveLength(19);
  });

  it('tells several steps of one kind apart', () => {
    const [step] = result.recoveryDistribution as [(typeof result.recoveryDistribution)[number]];
    const twice = chaosReport({ ...result, recoveryDistribution: [step, { ...step, fault: 'kill-node-2' }] }) as string;
    expectNavigable(twice);
    expect(allIn(twice, 'h2').map(textOf)).toContain('kill-node (kill-node-2), 20 repeats');
  });

  it('shows only numbers that are in the result, each beside its rounding', () => {
    const known = new Set(numbersOf(result).map(String));
    const whole = result.recovery.map(({ reconnected99Ms, sloMs, drainedMs }) =>
      Math.max(reconnected99Ms ?? 0, sloMs ?? 0, drainedMs ?? 0),
    );
    for (const element of allIn(page, 'data')) {
      const value = element.attributes.get('value') as string;
      if (!whole.includes(Number(value))) expect(known).toContain(value);
      const readings = [formatMs, formatUs, formatBytes, formatMachineMemory, formatCount, formatRate, formatShare].map(
        (format) => format(Number(value)),
      );
      expect(readings).toContain(textOf(element));
    }
  });

  it('has landmarks, captions, scopes, names for pictures and a table beside each of them', () => {
    expectNavigable(page);
    expectTablesBesideCharts(page);
    expect(/<script|\ssrc=|@import|url\(|https?:/i.exec(page)?.[0]).toBeUndefined();
  });

  it('is well-formed, bounded and free of markup from the run, whatever the result', () => {
    fc.assert(
      fc.property(arbitraryResult, (any) => {
        const made = chaosReport({
          ...any,
          recoveryDistribution: any.recoveryDistribution.map((step) => ({
            ...step,
            occurrences: any.recovery.map(({ fault }) => fault),
          })),
        });
        if (made === null) return;
        expectHarmless(made);
        expect(Buffer.byteLength(made)).toBeLessThan(HTML_SIZE_LIMIT);
      }),
      { ...RUNS, numRuns: 20 },
    );
  });
});
