/** The parts of a Result for which a run measured nothing. */
import type { Result } from '../../../evidence/result/result.ts';

export const NOTHING_REMEMBERED: Result['memory'] = {
  perConnection: null,
  plateaus: [],
  returnedToBaseline: null,
  baseline: null,
  rounds: [],
  rehearsed: null,
  leak: null,
  leakPerMessage: null,
  peakPssBytes: { nodes: [], workers: null },
};

/** Of faults and of what comes after them. */
export const NOTHING_STRUCK = {
  faults: [],
  promised: null,
  recoveryLevel: null,
  recovery: [],
  recoveryDistribution: [],
  worstSeconds: [],
} satisfies Partial<Result>;

/** Without a slot. */
export const NO_TIMELINE: Result['timeline'] = {
  stepMs: 1_000,
  offered: [],
  sent: [],
  acked: [],
  delivered: [],
  failed: [],
  connected: [],
  p50Us: [],
  p99Us: [],
  maxUs: [],
  heat: null,
};
