/** What the harness says when the drain gives up, of servers whose every answer is known: each thing left behind as what it is. */
import { describe, expect, it } from 'vitest';
import type { Result } from '../../harness/evidence/result/result.ts';
import { htmlReport } from '../../reports/html/report.ts';
import { junitXml } from '../../reports/junit.ts';
import { markdownSummary } from '../../reports/markdown.ts';
import { terminalSummary } from '../../reports/terminal.ts';
import { calibrate } from './calibrate.ts';

/** 200 messages in all; the drain gives up after a second. */
const MESSAGES = 200;
const SHORT = { load: { duration: '1s' }, drain: '1s' } as const;

const REPORTS = ['terminal', 'markdown', 'junit', 'html'];

/** Names of the reports in which the words stand. */
function thoseThatSay(result: Result, words: string): string[] {
  const reports = [
    terminalSummary(result, { colour: false, reportPath: null, width: 200 }),
    markdownSummary(result),
    junitXml(result),
    htmlReport(result),
  ];
  return REPORTS.filter((_, at) => reports[at]?.includes(words));
}

describe('a server', () => {
  it('that never answers has proven nothing, and its sends are reported as unanswered', async () => {
    const result = await calibrate({ ...SHORT, server: { unansweredEvery: 1 } });
    expect(result.verdict).toBe('unknown');
    expect(result.delivery).toMatchObject({
      acked: 0,
      unacknowledged: MESSAGES,
      pending: 0,
      drained: false,
      away: { users: 0, names: [] },
    });
    expect(result.reasons).toEqual([
      'no message was acknowledged: nothing is proven',
      'drained: 200 sends were neither acknowledged nor refused when the drain gave up',
    ]);
    expect(result.delivery?.evidence[0]?.message).toMatch(/^message \d+ of u\d+ to u\d+ was written at .* and never answered/);
    expect(thoseThatSay(result, '200 sends were neither acknowledged nor refused')).toEqual(REPORTS);
    expect(thoseThatSay(result, '0 acknowledged messages')).toEqual([]);
  });

  it('that leaves some sends unanswered has broken no promise, and has not kept it either', async () => {
    const result = await calibrate({ ...SHORT, server: { unansweredEvery: 20 } });
    expect(result.verdict).toBe('unknown');
    expect(result.delivery).toMatchObject({ acked: MESSAGES - 10, unacknowledged: 10, lost: 0, pending: 0, drained: false });
    expect(result.reasons).toEqual(['drained: 10 sends were neither acknowledged nor refused when the drain gave up']);
  });

  it('that refuses some messages passes, and every report says how often and why', async () => {
    const result = await calibrate({ ...SHORT, server: { refuseEvery: 20 } });
    expect(result.reasons).toEqual([]);
    expect(result.delivery).toMatchObject({ acked: MESSAGES - 10, failed: 10, unacknowledged: 0, drained: true });
    expect(result.delivery?.refusals).toEqual([{ code: 7, reason: 'refused on purpose', count: 10 }]);
    expect(thoseThatSay(result, 'refused on purpose')).toEqual(REPORTS);
  });

  it('that refuses everything has proven nothing, and the reason comes second in the report', async () => {
    const result = await calibrate({ ...SHORT, server: { refuseEvery: 1 } });
    expect(result.verdict).toBe('unknown');
    expect(result.reasons).toEqual([
      'no message was acknowledged: nothing is proven',
      'messages were refused: 7 refused on purpose (200)',
    ]);
  });

  it('that disconnects everybody fails, with the users who are away and why their sessions ended', async () => {
    const result = await calibrate({ ...SHORT, server: { expelAtMs: 500 } });
    expect(result.verdict).toBe('fail');
    expect(result.delivery?.acked).toBeGreaterThan(0);
    expect(result.delivery?.away).toEqual({ users: 40, names: Array.from({ length: 10 }, (_, user) => `u${user}`) });
    const [ended] = result.load.sessionsEnded;
    expect(ended).toMatchObject({ code: 4_013, reason: 'everybody is expelled', by: 'server' });
    expect(ended?.count).toBeGreaterThanOrEqual(40);
    expect(result.reasons.join('\n')).toContain('40 users were still away (u0, u1, u2 and 37 more) when the drain gave up');
    expect(thoseThatSay(result, 'everybody is expelled')).toEqual(REPORTS);
    expect(thoseThatSay(result, '40 users were still away (u0, u1, u2 and 37 more)')).toEqual(REPORTS);
  });
});
