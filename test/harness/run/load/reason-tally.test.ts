import { describe, expect, test } from 'vitest';
import {
  endTexts,
  MAX_REASONS,
  mergeTallies,
  OTHER_REASONS,
  refusalTally,
  sessionTally,
} from '../../../../harness/run/load/reason-tally.ts';

describe('reasons', () => {
  test('are counted by code, reason and the side that ended the session, the most frequent first', () => {
    const tally = sessionTally();
    tally.add({ code: 4_013, reason: 'overloaded', by: 'server' });
    tally.add({ code: 0, reason: 'keepalive', by: 'client' }, 3);
    tally.add({ code: 4_013, reason: 'overloaded', by: 'server' });
    expect(tally.rows()).toEqual([
      { code: 0, reason: 'keepalive', by: 'client', count: 3 },
      { code: 4_013, reason: 'overloaded', by: 'server', count: 2 },
    ]);
  });

  test('are bounded if a server words each of them differently, and every one is counted', () => {
    const lists = [0, 1].map((worker) => {
      const tally = refusalTally();
      for (let refusal = 0; refusal < 1_000; refusal++)
        tally.add({ code: 13, reason: `request ${worker}.${refusal} came too late` });
      return tally.rows();
    });
    const rows = mergeTallies(refusalTally(), lists);
    expect(rows.length).toBeLessThanOrEqual(MAX_REASONS + 1);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(2_000);
    expect(rows[0]).toMatchObject({ code: 0, reason: OTHER_REASONS });
  });

  test('that find no room are counted as often as they came, and the most frequent of several lists are kept', () => {
    const full = (name: string, count: number) => {
      const tally = refusalTally();
      for (let reason = 0; reason < MAX_REASONS; reason++) tally.add({ code: 1, reason: `${name} ${reason}` }, count);
      return tally;
    };
    const tally = full('seldom', 2);
    for (const count of [3, 4]) tally.add({ code: 1, reason: `late ${count}` }, count);
    expect(tally.rows()[0]).toEqual({ code: 0, reason: OTHER_REASONS, count: 7 });
    const kept = mergeTallies(refusalTally(), [full('seldom', 2).rows(), full('often', 5).rows()]);
    expect(kept[0]).toEqual({ code: 0, reason: OTHER_REASONS, count: 2 * MAX_REASONS });
    expect(kept.slice(1).every(({ reason, count }) => reason.startsWith('often') && count === 5)).toBe(true);
  });

  test('of ended sessions are listed once each, whoever ended them', () => {
    const rows = [
      { code: 4_013, reason: 'overloaded', by: 'server' as const, count: 2 },
      { code: 0, reason: 'reset', by: 'server' as const, count: 1 },
      { code: 0, reason: 'reset', by: 'network' as const, count: 4 },
    ];
    expect(endTexts(rows)).toEqual([
      { reason: 'reset', count: 5 },
      { reason: '4013 overloaded', count: 2 },
    ]);
  });

  test('that find no room blame nobody else', () => {
    const tally = sessionTally();
    for (let end = 0; end < 100; end++) tally.add({ code: 0, reason: `reset ${end}`, by: end < 50 ? 'server' : 'network' });
    const by = (who: string) => tally.rows().flatMap((row) => (row.by === who ? [row.count] : []));
    expect([by('server'), by('network')].map((counts) => counts.reduce((sum, count) => sum + count, 0))).toEqual([50, 50]);
  });

  test('are one clipped line each, whatever a server wrote', () => {
    const tally = refusalTally();
    tally.add({ code: 2, reason: `\u001b[2J<script>\n${'x'.repeat(100_000)}` });
    const reason = tally.rows()[0]?.reason ?? '';
    expect(reason.length).toBeLessThanOrEqual(160);
    expect(reason).not.toMatch(/\p{Cc}/u);
  });
});
