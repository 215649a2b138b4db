import { describe, expect, it, test } from 'vitest';
import { metrics, readForMany } from '../../harness/evidence/metrics/metrics.ts';
import type { Result } from '../../harness/evidence/result/result.ts';
import { atMostBytes, isResolved, resolvedBytes, slopeOf } from '../../harness/evidence/result/slopes.ts';
import { usesAtMostPerConnection } from '../../harness/front/library/testing/judgements.ts';
import { endFigures } from '../../harness/front/watch/telemetry/end-figures.ts';
import { evaluateExpectations, parseExpectations } from '../../harness/plan/scenario/expectations.ts';
import { historyEntry } from '../../harness/studies/history/entry.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { junitXml } from '../../reports/junit.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { exampleResult } from './example-result.ts';

/** A run of few users, as a smoke test's: its server shrank while they came. */
function unresolvedResult(): Result {
  const result = exampleResult();
  const { memory } = result;
  const { perConnection, leak, leakPerMessage } = memory;
  if (perConnection === null || leak === null || leakPerMessage === null) throw new Error('the example changed');
  return {
    ...result,
    checks: [],
    memory: {
      ...memory,
      perConnection: {
        ...perConnection,
        bytes: -15_957,
        low: -51_230,
        high: 19_316,
        heapBytes: 1_234,
        heapLow: -77,
        heapHigh: 2_345,
        nativeBytes: -17_191,
        kernelBytes: -321,
        kernelLow: -654,
        kernelHigh: -12,
      },
      leak: { ...leak, bytesPerConnection: -43, low: -91, high: 57, heapBytes: 31, heapLow: -5, heapHigh: 67 },
      leakPerMessage: { ...leakPerMessage, bytesPerMessage: -3, low: -8, high: 2, heapBytes: -1, heapLow: -2, heapHigh: 1 },
    },
  };
}

const text = (markup: string): string => markup.replaceAll('\u00a0', ' ').replace(/<[^>]*>/g, '');
const outputs: Readonly<Record<string, (result: Result) => string>> = {
  terminal: (result) => terminalSummary(result, { colour: false, width: 100, reportPath: null }),
  markdown: markdownSummary,
  junit: junitXml,
  html: (result) => text(htmlReport(result)),
  telemetry: (result) => JSON.stringify(endFigures(result)),
  history: (result) => JSON.stringify(historyEntry(result, null)),
};

describe('a figure whose interval includes zero or that is below it', () => {
  it.each(Object.entries(outputs))('is not shown as a figure in %s', (_, output) => {
    const said = output(unresolvedResult());
    // The ends of the intervals may be said, and the estimates may not.
    expect(said).not.toMatch(/-15,?957|-17,?191|1,?234 B|-321|-43 B|-43\b|\b31 B|-3 B/);
  });

  it('is reported as not resolved where a reader would look for it, with its interval', () => {
    const said = Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, output(unresolvedResult())]));
    expect(said.terminal).toMatch(/a connection +not resolved \(-51,230 B to 19,316 B\); /);
    expect(said.terminal).toContain('not resolved for a connection (-91 B to 57 B), heap not resolved: no leak');
    expect(said.markdown).toMatch(/\| not resolved \|/);
    expect(said.html).toContain('Per connectionnot resolved');
    expect(said.html).toContain('What one more connection costs is not resolved (95% interval -51,230 B to 19,316 B)');
    expect(said.html).toContain('Heap and the buffers it holds: not resolved (-77 B to 2,345 B); native: not resolved.');
    expect(said.html).toContain('What a connection that came and went left behind: not resolved (95% interval -91 B to 57 B)');
    expect(said.html).toContain('What a connection costs: not resolved (-51,230 B to 19,316 B).');
  });

  it('is a figure as before if it is resolved', () => {
    const { terminal, html, telemetry } = Object.fromEntries(
      Object.entries(outputs).map(([name, output]) => [name, output(exampleResult())]),
    );
    expect(terminal).toContain('8,214 B (7,980 B to 8,450 B)');
    expect(html).toContain('One more connection costs 8,214 B of server memory (95% interval 7,980 B to 8,450 B).');
    expect(telemetry).toContain('8214');
  });

  it('meets a limit only if its whole interval lies below; many runs together still have its estimate', () => {
    const result = unresolvedResult();
    const check = (limit: string): Result['checks'] => {
      const { expectations } = parseExpectations({ 'memory.perConnection': limit }, { hasFaults: false, hasRepeats: false });
      return evaluateExpectations({ expectations }, result);
    };
    expect(check('< 20KB')).toMatchObject([{ pass: true, actual: 19_316 }]);
    expect(check('< 10KB')).toMatchObject([{ pass: false, actual: null }]);
    expect(check('> 1KB')).toMatchObject([{ pass: false, actual: null }]);
    const metric = metrics.get('memory.perConnection');
    if (metric === undefined) throw new Error('no metric');
    expect([metric.read(result), readForMany(metric, result)]).toEqual([null, -15_957]);
    expect(usesAtMostPerConnection(result, '20KB').pass).toBe(true);
    expect(() => usesAtMostPerConnection(result, '10KB')).toThrow('is not resolved (-51,230 B to 19,316 B)');
  });
});

test('a slope is resolved if all of its interval is above zero, and native memory is as uncertain as the total and the heap', () => {
  expect(isResolved({ bytes: 5, low: 1 })).toBe(true);
  expect(isResolved({ bytes: 5, low: null })).toBe(true);
  expect(isResolved({ bytes: 5, low: 0 })).toBe(false);
  expect(isResolved({ bytes: -5, low: null })).toBe(false);
  const result = exampleResult();
  expect(slopeOf(result, 'native')).toEqual({ bytes: 5094, low: 7980 - 3400, high: 8450 - 2900 });
  expect([resolvedBytes(result, 'connection'), atMostBytes(result, 'connection')]).toEqual([8214, null]);
});
