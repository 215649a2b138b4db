/** The outcome of a run as figures. Pure; null in a Result means "not measured" and is left out, and so is what is not resolved. */
import { accounted } from '../../../evidence/result/accounted.ts';
import { recoveryClocks } from '../../../evidence/result/recovery-clock-table.ts';
import type { Delivery, LatencySummary, Result, Verdict } from '../../../evidence/result/result.ts';
import { resolvedBytes } from '../../../evidence/result/slopes.ts';
import { deliveryProperties } from '../../../run/conductor/result/verdict.ts';
import { type Figure, figure, one, type Sample } from './figure.ts';

const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'invalid', 'unknown'];
const STATES = ['attempted', 'acked', 'failed', 'indeterminate', 'recovered', 'expected', 'delivered', 'pending'] as const;
const QUANTILES = [
  ['0.5', 'p50Us'],
  ['0.9', 'p90Us'],
  ['0.99', 'p99Us'],
  ['0.999', 'p999Us'],
  ['1', 'maxUs'],
] as const satisfies readonly (readonly [string, keyof LatencySummary])[];

export function endFigures(result: Result): readonly Figure[] {
  const { verdict, checks, recovery, cpu } = result;
  const delivery = accounted(result);
  const perConnection = resolvedBytes(result, 'connection');
  return [
    figure(
      'letitcrash.run.verdict',
      VERDICTS.map((each) => ({ labels: { verdict: each }, value: Number(each === verdict) })),
    ),
    figure(
      'letitcrash.run.check.passed',
      checks.map(({ name, pass }) => ({ labels: { check: name }, value: Number(pass) })),
    ),
    ...(delivery === null ? [] : ofDelivery(delivery)),
    figure('letitcrash.run.latency', latencies(result)),
    figure('letitcrash.run.recovery.longest', longest(recovery)),
    one('letitcrash.run.recovery.censored', recovery.filter(({ censored }) => censored).length),
    ...(perConnection === null ? [] : [one('letitcrash.run.connection.memory', perConnection)]),
    ...(cpu.serverUsPerMessage === null ? [] : [one('letitcrash.run.message.cpu', cpu.serverUsPerMessage / 1e6)]),
  ];
}

function ofDelivery(delivery: Delivery): Figure[] {
  return [
    figure(
      'letitcrash.run.delivery.violations',
      // What could not be judged has no number.
      deliveryProperties.flatMap(([property]) => {
        const value = delivery[property];
        return value === null ? [] : [{ labels: { property }, value }];
      }),
    ),
    figure(
      'letitcrash.run.delivery.messages',
      STATES.map((state) => ({ labels: { state }, value: delivery[state] })),
    ),
  ];
}

function latencies({ latency }: Result): Sample[] {
  const measured = { response: latency.response, service: latency.service, delivery: latency.delivery };
  return Object.entries(measured).flatMap(([kind, summary]) =>
    summary === null
      ? []
      : QUANTILES.flatMap(([quantile, field]) => {
          const us = summary[field];
          return us === null ? [] : [{ labels: { latency: kind, quantile }, value: us / 1e6 }];
        }),
  );
}

function longest(recovery: Result['recovery']): Sample[] {
  return recoveryClocks.flatMap(({ label: clock, field }) => {
    const seen = recovery.map((each) => each[field]).filter((ms) => ms !== null);
    return seen.length === 0 ? [] : [{ labels: { clock }, value: Math.max(...seen) / 1000 }];
  });
}
