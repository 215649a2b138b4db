/** The Result of a run that took ten seconds and measured nothing but what a test is about: a plan, what was sent, faults. */
import { emptyHistogram } from '../../../../harness/evidence/measure/latency-recorder.ts';
import { summarise } from '../../../../harness/evidence/measure/latency-summary.ts';
import type { Result } from '../../../../harness/evidence/result/result.ts';
import { buildResult } from '../../../../harness/run/conductor/result/build-result.ts';
import { unknownMachine } from '../../../../harness/run/conductor/result/foreign-result.ts';

/** What a Result is built from. */
type RunRecord = Parameters<typeof buildResult>[0];

export const LOAD_MS = 10_000;

/** What every run has, also one of HTTP requests alone. */
export const unmeasured = {
  startedAt: '2026-11-24T12:00:00.000Z',
  durationMs: LOAD_MS + 1_000,
  environment: unknownMachine('1'),
  peakPssBytes: { nodes: [1], workers: 1 },
  cpu: { fromUs: 0, toUs: LOAD_MS * 1000, nodes: [0.1], workers: 0.1, nodesUs: 1e6, readings: [] },
  profiledWith: null,
  interrupted: null,
  aborted: null,
};

export function playedResult(played: Pick<RunRecord, 'plan' | 'observations'> & Partial<RunRecord>): Result {
  return buildResult({
    ...unmeasured,
    target: { name: 'reference', version: '1', runtime: 'node' },
    targetConfig: {},
    lingerMs: null,
    drainEnd: null,
    endUs: LOAD_MS * 1000,
    loadMs: LOAD_MS,
    faults: [],
    latencies: { response: null, service: null, lag: summarise(emptyHistogram()), delivery: null },
    generator: { driver: 'native', workers: 1, invalidity: [] },
    plateaus: [],
    rounds: [],
    roundDeliveries: [],
    rehearsed: false,
    promised: ['resume'],
    http: null,
    ...played,
  });
}
