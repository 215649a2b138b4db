import { describe, expect, test } from 'vitest';
import { parsePath } from '../../../../harness/plan/scenario/overrides.ts';
import { GOOD, planned, problem, problems } from './planning.ts';

describe('--set', () => {
  test('changes what the file says, in the order given', () => {
    expect(planned(GOOD, ['users=50', 'users=60', 'load.rate=5/s'])).toMatchObject({
      users: 60,
      load: { model: { ratePerSecond: 5 } },
      scenario: { overrides: ['users=50', 'users=60', 'load.rate=5/s'] },
    });
  });

  test('is mentioned after the description, whose figures may no longer apply', () => {
    const summaryOf = (text: string, overrides: readonly string[]) => planned(text, overrides).scenario.summary;
    expect(summaryOf(GOOD, ['users=50', 'load.rate=5/s'])).toBe(
      'A good scenario, in two lines of comment. (Changed in this run: users=50, load.rate=5/s)',
    );
    expect(summaryOf(GOOD, [])).toBe('A good scenario, in two lines of comment.');
    expect(summaryOf(GOOD.replaceAll(/^#.*\n/gm, ''), ['users=50'])).toBe('');
  });

  test('reaches into lists, creates missing sections, and keeps the dots of metrics', () => {
    const plan = planned(GOOD, [
      'faults[0]={at: 1s, kind: kill-node}',
      'faults[0].for=2s',
      'faults.1={at: 5s, kind: kill-process}',
      'expect.response.p99=< 5ms',
      'expect.rate=> 900/s',
    ]);
    expect(plan.faults.map(({ kind, forMs }) => [kind, forMs])).toEqual([
      ['kill-node', 2000],
      ['kill-process', null],
    ]);
    expect(plan.expectations.map(({ metric, comparator, limit }) => [metric, comparator, limit])).toEqual([
      ['response.p99', '<', 5000],
      ['rate', '>', 900],
    ]);
  });

  test('is named when its value is wrong, instead of a line of the file', () => {
    expect(problem(GOOD, ['load.rate=banana'])).toMatchObject({
      code: 'unit',
      place: { path: 'load.rate', line: null, override: 'load.rate=banana' },
    });
  });

  test('is named when a cross check fails because of it', () => {
    expect(problem(GOOD, ['faults[0]={at: 11s, kind: kill-node}']).place.override).toBe('faults[0]={at: 11s, kind: kill-node}');
  });

  test.each([
    ['users', 'has no path=value'],
    ['=3', 'has no path=value'],
    ['users.a=3', 'users is 100, which has no "a" inside'],
    ['load..rate=3', 'has a path that cannot be read'],
    ['faults[5]=3', 'no [5]'],
    ['load.rate={a: ', 'not valid YAML'],
    ['load.rate=*x', 'cannot be read'],
    [`name=${'x'.repeat(5000)}`, 'longer than'],
  ])('%.40s is refused in its own words', (text, message) => {
    const found = problems(text.startsWith('faults[5]') ? `${GOOD}faults: []\n` : GOOD, [text]);
    expect(found[0]).toMatchObject({ code: 'override', place: { override: text }, message: expect.stringContaining(message) });
  });

  test('with an unknown key is refused as it is in a file', () => {
    expect(problem(GOOD, ['load.rat=3/s'])).toMatchObject({ code: 'unknown-key', place: { override: 'load.rat=3/s' } });
    expect(problem(GOOD, ['__proto__.polluted=1'])).toMatchObject({ code: 'unknown-key' });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('does not change another section that shares an alias with what it sets', () => {
    const text = `name: t\nusers: 5\nload: { rate: 1/s, duration: 9s }\nfaults:\n  - &f { at: 1s, kind: kill-node }\n  - *f\n`;
    expect(planned(text, ['faults[1].at=2s']).faults.map((fault) => fault.atMs)).toEqual([1000, 2000]);
  });

  test('has paths with dots or with brackets', () => {
    expect(parsePath('faults[0].at')).toEqual(['faults', 0, 'at']);
    expect(parsePath('faults.0.at')).toEqual(['faults', 0, 'at']);
    expect(parsePath('expect.response.p99.9')).toEqual(['expect', 'response.p99.9']);
    expect(parsePath('a[b]')).toBeNull();
  });
});
