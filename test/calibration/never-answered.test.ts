/** Sends that are never answered are infinitely late: no percentile leaves them out, and no report says "never" of less or more than they are. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { junitXml } from '../../reports/junit.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { calibrate } from './calibrate.ts';
import { DRAWN, drawn } from './drawn.ts';

const MESSAGES = 200;
const SHORT = { load: { duration: '1s' }, drain: '1s' } as const;
const PERCENTILES = [
  ['p50Us', 50],
  ['p90Us', 90],
  ['p99Us', 99],
  ['p999Us', 99.9],
  ['maxUs', 100],
] as const;

const REPORTS = {
  terminal: (result: Result) => terminalSummary(result, { colour: false, reportPath: null, width: 200 }),
  markdown: markdownSummary,
  html: htmlReport,
};

describe('a share of sends that is never answered', () => {
  it.each([
    ['most of a tenth and more', 2, 9],
    ['a few in a hundred', 20, 66],
    ['less than one in a hundred', 101, 199],
  ])('of %s takes away exactly the percentiles that lie in it', async (name, low, high) => {
    const every = drawn(name, low, high);
    const unanswered = Math.floor(MESSAGES / every);
    const result = await calibrate({ ...SHORT, server: { unansweredEvery: every }, expect: { delivery: 'observed' } });
    const { response, service } = result.latency;
    for (const summary of [response, service]) {
      expect(summary, DRAWN).toMatchObject({ count: MESSAGES - unanswered, unanswered });
      const reached = PERCENTILES.filter(([, percentile]) => Math.ceil((percentile * MESSAGES) / 100) <= MESSAGES - unanswered);
      expect(
        PERCENTILES.filter(([field]) => summary?.[field] !== null).map(([field]) => field),
        DRAWN,
      ).toEqual(reached.map(([field]) => field));
      expect(summary?.curve.at(-1)?.[0], DRAWN).toBeLessThanOrEqual(100 - (100 * unanswered) / MESSAGES);
    }
    expect(result.verdict).toBe('pass');
    for (const [report, build] of Object.entries(REPORTS)) {
      const text = build(result);
      expect(text, report).toContain(`${unanswered} of 200 messages ${unanswered === 1 ? 'was' : 'were'} never answered`);
      expect(text.includes('99% answered within'), `${report}, ${DRAWN}`).toBe(unanswered <= MESSAGES / 100);
    }
  });

  it('fails a limit on a percentile that lies in it, by saying that it was never reached', async () => {
    const every = drawn('limit', 20, 66);
    const result = await calibrate({
      ...SHORT,
      server: { unansweredEvery: every },
      expect: { delivery: 'observed', 'response.p50': '< 60s', 'response.p99': '< 60s' },
    });
    expect(result.verdict, DRAWN).toBe('fail');
    expect(result.checks, DRAWN).toMatchObject([{ pass: true }, { pass: false, actual: null, never: true }]);
    expect(result.reasons).toEqual(['response.p99 < 60s never came, since too many messages had no answer; the limit is 60.0 s']);
    expect(junitXml(result)).toContain('response.p99 &lt; 60s: measured never, limit 60.0 s');
    for (const [report, build] of Object.entries(REPORTS)) expect(build(result), report).toMatch(/never/);
  });
});
