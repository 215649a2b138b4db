import { describe, expect, test } from 'vitest';
import { metrics } from '../../../../harness/evidence/metrics/metrics.ts';

describe('the better side of a metric', () => {
  test('is up for every rate per second', () => {
    const perSecond = [...metrics.values()].filter(({ unit }) => unit === '/s');
    expect(perSecond.map(({ name }) => name)).toEqual(['rate', 'http.rate', 'http.requests']);
    expect(perSecond.filter(({ better }) => better !== 'higher')).toEqual([]);
  });

  test('is down for all times and memory, and for every share, because shares count errors', () => {
    const costly = [...metrics.values()].filter(({ unit }) => ['us', 'ms', 'bytes', 'share'].includes(unit));
    expect(costly.length).toBeGreaterThan(40);
    expect(costly.filter(({ better }) => better !== 'lower')).toEqual([]);
  });

  test.each([
    ['delivery.acked', 'higher'],
    ['delivery.delivered', 'higher'],
    ['load.connections', 'higher'],
    ['load.valid', 'higher'],
    ['memory.returnedToBaseline', 'higher'],
    ['memory.leaking', 'lower'],
    ['delivery.lost', 'lower'],
    ['delivery.failed', 'lower'],
    ['delivery.indeterminate', 'lower'],
    ['delivery.pending', 'lower'],
    ['load.reconnects', 'lower'],
  ])('is for %s: %s', (name, better) => {
    expect(metrics.get(name)?.better).toBe(better);
  });
});
