/** Results of every outcome but a pass: what a page must show as well, and is seldom looked at. */
import type { Result } from '../../harness/evidence/result/result.ts';
import { brokenResult, exampleResult, misdrivenResult } from './example-result.ts';

export function otherOutcomes(): readonly (readonly [name: string, result: Result])[] {
  const result = exampleResult();
  const nothing = { ...result.timeline, p50Us: result.timeline.p50Us.map(() => null), heat: null };
  const timeless = { ...nothing, p99Us: nothing.p50Us, maxUs: nothing.p50Us };
  const untimed = { ...result.latency, response: null, service: null, delivery: null };
  const idle = result.faults.map((fault) => ({
    ...fault,
    injectedAtMs: null,
    healedAtMs: null,
    verified: false,
    struck: false,
    evidence: ['there is no other node to cut it off from, which a partition needs'],
    affectedUsers: 0,
  }));
  return [
    ['a run that failed in everything', { ...brokenResult(), worstSeconds: result.worstSeconds }],
    [
      'a run whose generator was late',
      {
        ...result,
        verdict: 'invalid',
        reasons: [
          'the generator was late: its lag p99 was 1.21 s and the limit is 100 ms',
          'the machine was busy with another run',
        ],
        load: { ...result.load, valid: false },
        latency: untimed,
        timeline: timeless,
        recovery: [],
        recoveryLevel: null,
        worstSeconds: [],
      },
    ],
    ['a run whose driver broke its rules', misdrivenResult()],
    [
      'a run that proved nothing',
      {
        ...result,
        verdict: 'unknown',
        reasons: ['no message was acknowledged, so nothing is proven of delivery'],
        delivery: {
          ...result.delivery,
          acked: 0,
          delivered: 0,
          expected: 0,
          indeterminate: result.delivery?.attempted ?? 0,
        } as Result['delivery'],
        latency: untimed,
        timeline: timeless,
        worstSeconds: [],
      },
    ],
    ['a run whose faults found nothing to strike', { ...result, faults: idle, recovery: [], recoveryLevel: null }],
    [
      'a run that somebody interrupted',
      {
        ...result,
        verdict: 'unknown',
        reasons: ['interrupted by SIGINT after 12.3 s of 30 s of load'],
        interrupted: { by: 'SIGINT', phase: 'load', atMs: 12_345, plannedMs: 30_000 },
        checks: [],
      },
    ],
    [
      'a run that aborted itself',
      {
        ...result,
        verdict: 'fail',
        reasons: ['aborted'],
        aborted: { condition: 'error.rate > 90% for 10s', atMs: 12_345, actual: 0.97, limit: 0.9, unit: 'share' },
      },
    ],
  ];
}
