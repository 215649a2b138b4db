/** A null is "never" only where something was awaited and did not come; otherwise it is unknown. */
import { describe, expect, it } from 'vitest';
import { canBeNever } from '../../harness/evidence/result/never.ts';
import type { Result } from '../../harness/evidence/result/result.ts';
import { entryFacts } from '../../harness/front/library/index-entry.ts';
import { resultAnnotations } from '../../reports/github-annotations.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { trendReport } from '../../reports/html/trend.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { verdictSentence } from '../../reports/sentence.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { exampleHistory } from './example-history.ts';
import { exampleResult } from './example-result.ts';
import { parsePage } from './page-elements.ts';
import { textOf } from './well-formed.ts';

const example = exampleResult();

describe('a null', () => {
  it('is never for percentiles of waits and for recovery clocks, and unknown for the counts of the ledger', () => {
    for (const metric of ['response.p50', 'service.p99.9', 'delivery.max', 'recovery.slo', 'recovery.drained.p95'])
      expect(canBeNever(metric), metric).toBe(true);
    for (const metric of ['delivery.presenceWrong', 'delivery.acked', 'lag.p99', 'cpu.serverPerMessage'])
      expect(canBeNever(metric), metric).toBe(false);
  });
});

describe('the clock of a level that says nothing', () => {
  const fault = example.faults.find(({ id }) => id === example.recovery[0]?.fault);
  const recovery = example.recovery
    .slice(0, 1)
    .map((clocks) => ({ ...clocks, noticed: true, sloMs: null, drainedMs: null, excessLatencyMs: null, censored: true }));
  const told = (meaningless: string | null): Record<string, string> => {
    const recoveryLevel = { ...(example.recoveryLevel as NonNullable<Result['recoveryLevel']>), meaningless };
    const result: Result = {
      ...example,
      faults: fault === undefined ? [] : [fault],
      recovery,
      recoveryDistribution: [],
      recoveryLevel,
    };
    return {
      terminal: terminalSummary(result, { colour: false, reportPath: null, width: 160 }).split('recovery from')[1] ?? '',
      markdown: markdownSummary(result).split('### Faults and recovery')[1]?.split('###')[0] ?? '',
      html:
        textOf(parsePage(htmlReport(result)))
          .split('Recovery clocks')[1]
          ?.slice(0, 400) ?? '',
    };
  };
  const nevers = (text: string | undefined): number => text?.match(/never/g)?.length ?? 0;

  it.each(['terminal', 'markdown', 'html'])(
    'is unknown in %s, where that of a level which was not regained is never',
    (report) => {
      expect(nevers(told(null)[report])).toBe(nevers(told('it was slow from the start')[report]) + 1);
    },
  );
});

describe('a figure that is withheld from a run which lost a message', () => {
  const late: Result = {
    ...example,
    verdict: 'fail',
    load: { ...example.load, valid: false },
    checks: [{ name: 'response.p99 < 50ms', pass: false, actual: null, limit: 50_000, unit: 'us' }],
  };

  it('is not said to have missed its limit', () => {
    expect(verdictSentence(late)).not.toContain('did not hold');
    expect(resultAnnotations(late).map(({ title }) => title)).not.toContain('letitcrash: response.p99 < 50ms');
  });

  it('is not withheld in the index where there was nothing to recover from', () => {
    const slowest = (result: Result): string | null | undefined =>
      entryFacts({ kind: 'run', result }).figures.find(({ name }) => name === 'slowest recovery')?.words;
    expect(slowest(late)).toBe('withheld');
    expect(slowest({ ...late, faults: [], recovery: [] })).toBe('no faults');
  });
});

describe('a metric of the trend page', () => {
  it('says never of the latest run in which it never came, and that it never came where it did in none', () => {
    const history = exampleHistory();
    const [series] = history.series;
    const [metric] = series?.metrics ?? [];
    if (series === undefined || metric === undefined) throw new Error('the example has a series');
    const page = (values: readonly (number | null)[], never: number[]): string =>
      textOf(
        parsePage(
          trendReport({ ...history, series: [{ ...series, metrics: [{ ...metric, changes: [], values: [...values], never }] }] }),
        ),
      );
    const last = metric.values.length - 1;
    expect(page([...metric.values.slice(0, last), null], [last])).toContain('Latest never');
    expect(
      page(
        metric.values.map(() => null),
        metric.values.map((_, index) => index),
      ),
    ).toContain('never came in these runs');
  });
});
