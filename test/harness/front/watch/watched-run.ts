/** Events of a run as a watcher sees them, for the tests of this folder. */

import { LatencyRecorder } from '../../../../harness/evidence/measure/latency-recorder.ts';
import type { WatchEvent } from '../../../../harness/front/watch/watcher.ts';
import type { Plan } from '../../../../harness/plan/scenario/plan.ts';
import { noCounts } from '../../../../harness/run/load/counts.ts';
import { exampleResult } from '../../../reports/example-result.ts';
import { GOOD, planned } from '../../plan/scenario/planning.ts';

type Fault = Extract<WatchEvent, { kind: 'fault' }>;

export function plan(): Plan {
  return planned(`${GOOD}faults: [{ at: 1s, kind: kill-process }, { at: 2s, kind: kill-node, for: 1s }]\n`);
}

/** The same beside requests. */
export function planWithHttp(): Plan {
  const http = { url: null, requests: [], connections: 5, pipelining: 1, ratePerSecond: null, workers: 1 };
  return { ...plan(), http: { ...http, timeoutMs: 1, atMs: 0, forMs: 1 } };
}

/** A second in which these response times were seen, in microseconds; `acked` since the workers began. */
export function reading(atMs: number, acked: number, responsesUs: readonly number[]): WatchEvent {
  const recorder = new LatencyRecorder();
  for (const us of responsesUs) recorder.record(us);
  const encoded = recorder.take();
  const sorted = responsesUs.toSorted((a, b) => a - b);
  return {
    kind: 'reading',
    reading: {
      atMs,
      overMs: 1000,
      values: {
        'error.rate': 0.25,
        connected: 1,
        'ack.rate': 100,
        'response.p50': sorted[Math.floor(sorted.length / 2)] ?? null,
        'response.p99': sorted.at(-1) ?? null,
        'response.max': sorted.at(-1) ?? null,
        outstanding: 2,
      },
      counts: { ...noCounts(), acked, connected: 100, outstanding: 2 },
      responses: encoded === null ? [] : [encoded],
    },
  };
}

export function fault(what: Fault['what'], kind = 'kill-node'): WatchEvent {
  return { kind: 'fault', atMs: 2000, message: '', ok: what !== 'failed', what, fault: kind, target: 'n1' };
}

export const WHOLE_RUN: readonly WatchEvent[] = [
  { kind: 'phase', phase: 'load', message: '' },
  reading(1000, 100, [300, 5_000, 5_001, 70_000_000]),
  fault('injected'),
  fault('healed'),
  { kind: 'answers', ok: 10, other: 1 },
  { kind: 'answers', ok: 5, other: 0 },
  reading(2000, 250, [5_000]),
  { kind: 'warning', message: '' },
  { kind: 'phase', phase: 'judge', message: '' },
  { kind: 'end', result: exampleResult(), reportPath: 'runs/example/report.html' },
];
