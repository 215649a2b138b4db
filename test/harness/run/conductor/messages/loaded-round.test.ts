import { describe, expect, it } from 'vitest';
import { type DeliveryReport, judge } from '../../../../../harness/evidence/ledger/judge.ts';
import { firstIdOf, withRounds } from '../../../../../harness/run/conductor/messages/loaded-round.ts';
import { emptyHistory, observe } from '../../../evidence/ledger/history.ts';

describe('the ledger of a run and its rounds', () => {
  const nothing = judge(observe(emptyHistory(2)));
  const run: DeliveryReport = { ...nothing, attempted: 10, acked: 9, delivered: 9, expected: 9, drained: true };
  const round: DeliveryReport = {
    ...nothing,
    attempted: 5,
    acked: 5,
    delivered: 4,
    expected: 5,
    lost: 1,
    phantom: 3,
    receiptsEarly: 2,
    drained: true,
    evidence: [
      { property: 'lost', message: 'message 7' },
      { property: 'phantom', message: 'message 8' },
    ],
  };

  it('counts what both sent, and what either lost', () => {
    expect(withRounds(run, [round, round])).toMatchObject({ attempted: 20, acked: 19, delivered: 17, expected: 19, lost: 2 });
  });

  it('blames nobody for messages that an earlier round left under way', () => {
    const total = withRounds(run, [round]);
    expect(total).toMatchObject({ phantom: 0, receiptsEarly: 0 });
    expect(total.evidence.map(({ property }) => property)).toEqual(['lost']);
  });

  it('is drained only if the run and every round were', () => {
    expect(withRounds(run, [round]).drained).toBe(true);
    expect(withRounds(run, [round, { ...round, drained: false }, round]).drained).toBe(false);
  });

  it('leaves the ledger of the run itself unchanged', () => {
    withRounds(run, [round]);
    expect(run).toMatchObject({ attempted: 10, lost: 0, evidence: [] });
  });

  it('never uses an id twice', () => {
    expect(firstIdOf(0)).toBeGreaterThan(2 ** 32);
    expect(firstIdOf(1) - firstIdOf(0)).toBeGreaterThanOrEqual(2 ** 32);
    expect(Number.isSafeInteger(firstIdOf(400) + 2 ** 32)).toBe(true);
  });
});
