import { describe, expect, test } from 'vitest';
import { GOOD, planned, problem } from './planning.ts';

describe('abort', () => {
  test('is one condition or a list, each in the unit of its metric', () => {
    expect(planned(`${GOOD}abort: error.rate > 50% for 5s\n`).abort).toEqual([
      { metric: 'error.rate', comparator: '>', limit: 0.5, unit: 'share', forMs: 5000, source: 'error.rate > 50% for 5s' },
    ]);
    const list = planned(
      `${GOOD}abort:\n  - connected<10% for 2s\n  - ack.rate <= 5/s  for 1s\n  - "response.p99 > 1.5s for 3s"\n`,
    ).abort;
    expect(list.map(({ metric, limit, forMs }) => [metric, limit, forMs])).toEqual([
      ['connected', 0.1, 2000],
      ['ack.rate', 5, 1000],
      ['response.p99', 1_500_000, 3000],
    ]);
    expect(planned(GOOD).abort).toEqual([]);
  });

  test('may come from the command line', () => {
    expect(planned(GOOD, ['abort=outstanding > 5000 for 2s']).abort).toMatchObject([{ metric: 'outstanding', limit: 5000 }]);
  });

  test.each([
    ['error.rate > 50%', 'invalid', 'for 5s'],
    ['eror.rate > 50% for 5s', 'unknown-metric', 'did you mean "error.rate"?'],
    ['delivery.lost > 5 for 5s', 'unknown-metric', 'error.rate'],
    ['error.rate > 50ms for 5s', 'unit', 'error.rate > 50% for 5s'],
    ['error.rate > 50% for 5', 'unit', 'for 5s'],
    ['error.rate > 50% for 500ms', 'out-of-range', 'at least 1s'],
    ['error.rate > 50% for 11s', 'out-of-range', 'at most load.duration, 10000ms'],
  ])('refuses %j with what would be right', (text, code, remedy) => {
    const found = problem(`${GOOD}abort: [ "connected < 5% for 2s", "${text}" ]\n`);
    expect(found).toMatchObject({ code, place: { path: 'abort[1]', line: 6 } });
    expect(found.remedy).toContain(remedy);
  });

  test('that is not text is refused', () => {
    expect(problem(`${GOOD}abort: { error.rate: 5 }\n`)).toMatchObject({ place: { path: 'abort' } });
    expect(problem(`${GOOD}abort: [5]\n`).remedy).toContain('error.rate > 50% for 5s');
  });
});
