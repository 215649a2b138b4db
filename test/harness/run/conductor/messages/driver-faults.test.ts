import { describe, expect, test } from 'vitest';
import { judge } from '../../../../../harness/evidence/ledger/judge.ts';
import { driverFaults, violationOf } from '../../../../../harness/run/conductor/messages/driver-faults.ts';
import { DeliveryFlag, emptyHistory, exchange, observe } from '../../../evidence/ledger/history.ts';

const RULE = { driver: 'chat (chat.ts)', rule: 'settles-once', count: 2, example: 'acked(1) came again' } as const;

/** Two users, and of three messages so many that were hidden by their number. */
function hiding(hidden: number) {
  const history = emptyHistory(2);
  for (let nth = 0; nth < 3; nth++) {
    exchange(history, 0, 1, 1_000_000 * (nth + 1), 500);
    Object.assign(
      history.deliveries.at(-1) as object,
      nth < 3 - hidden ? { seq: nth + 1 } : { seq: 1, flags: DeliveryFlag.ignored },
    );
  }
  return observe(history);
}

describe('a message hidden by its number', () => {
  test('counts against the scenario’s own driver, with the number and the one before it', () => {
    const observations = hiding(2);
    const [rule, ...others] = driverFaults({ name: 'chat (chat.ts)', brokenRules: [] }, judge(observations), observations);
    expect(others).toEqual([]);
    expect(rule).toMatchObject({ driver: 'chat (chat.ts)', rule: 'numbers-rise', count: 2 });
    expect(rule?.example).toMatch(/^message 2 of u0 reached u1 .* with seq 1, when u1 had seq 1/);
    expect(violationOf(rule as never).means).toContain('above every earlier seq');
  });

  test('is listed beside the rules that were broken', () => {
    const observations = hiding(1);
    const rules = driverFaults({ name: RULE.driver, brokenRules: [RULE] }, judge(observations), observations);
    expect(rules.map(({ rule, count }) => `${rule} ${count}`)).toEqual(['settles-once 2', 'numbers-rise 1']);
  });
});

test('if nothing is hidden, only the broken rules are listed', () => {
  const observations = hiding(0);
  expect(driverFaults({ name: RULE.driver, brokenRules: [RULE] }, judge(observations), observations)).toEqual([RULE]);
});
