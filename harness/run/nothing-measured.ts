/** The parts of a Result of which a run measured nothing. */
import type { Result } from '../result/result.ts';

export const NO_LAG: Result['latency']['lag'] = {
  count: 0,
  minUs: 0,
  p50Us: 0,
  p90Us: 0,
  p99Us: 0,
  p999Us: 0,
  maxUs: 0,
  curve: [],
};

export const NOTHING_DELIVERED: Result['delivery'] = {
  attempted: 0,
  acked: 0,
  failed: 0,
  indeterminate: 0,
  recovered: 0,
  delivered: 0,
  expected: 0,
  lost: 0,
  hidden: 0,
  duplicatesWire: 0,
  duplicatesVisible: 0,
  reordered: 0,
  phantom: 0,
  misdelivered: 0,
  corrupted: 0,
  receiptsEarly: 0,
  receipts: null,
  notPromised: 0,
  presenceWrong: null,
  presenceJudged: 0,
  pending: 0,
  drained: true,
  unacknowledged: null,
  unwritten: null,
  away: null,
  deaf: null,
  unheard: null,
  restless: null,
  refusals: [],
  offenders: [],
  evidence: [],
};

export const NOTHING_REMEMBERED: Result['memory'] = {
  perConnection: null,
  plateaus: [],
  returnedToBaseline: null,
  baseline: null,
  rounds: [],
  rehearsed: null,
  leak: null,
  leakPerMessage: null,
  peakPssBytes: { nodes: [], workers: 0 },
};

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
