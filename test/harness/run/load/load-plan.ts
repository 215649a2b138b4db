/** The load of a test that is not about loads: everybody stays, nobody reads, and messages come at a constant rate. */
import type { LoadPlan } from '../../../../harness/plan/scenario/plan.ts';

export function loadPlan(different: Partial<LoadPlan> = {}): LoadPlan {
  return {
    model: { kind: 'constant', ratePerSecond: 200 },
    durationMs: 60_000,
    warmUpMs: 0,
    payloadBytes: 100,
    contacts: { kind: 'zipf', perUser: 10, exponent: 1 },
    churnPerSecond: 0,
    awayMs: 1_000,
    offlineShare: 0,
    readShare: 0,
    receiptShare: 0,
    connectPerSecond: 2_000,
    devices: 1,
    watch: 0,
    keepaliveMs: 3_000,
    driver: null,
    workers: 1,
    ...different,
  };
}
