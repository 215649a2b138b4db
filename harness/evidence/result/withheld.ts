/**
 * What a run may not report as the server's. If the generator was late, a fault could not be verified or the driver broke its rules, no
 * time, rate or cost describes the server: it is withheld from the Result, and so from everything that is made from it. The counts of the
 * ledger stay, and so does what the generator reports about itself. Pure.
 */
import type { HttpMeasured, Result, Timeline } from './result.ts';

/** Whether no figure of a run describes the server. */
export function isWithheld({ verdict, load }: Pick<Result, 'verdict' | 'load'>): boolean {
  return verdict === 'invalid' || load.valid === false;
}

/** Whether the figure that a limit would be held against is not the server's, which is another thing than not measured. */
export function isCheckWithheld(check: Result['checks'][number], result: Pick<Result, 'verdict' | 'load'>): boolean {
  return isWithheld(result) && !staysKnown(check);
}

/** Metrics of the generator and of the ledger. */
function staysKnown({ name, unit }: Result['checks'][number]): boolean {
  return /^(?:lag|load)\./.test(name) || (name.startsWith('delivery.') && unit === 'count');
}

function unmeasured({ never: _, ...check }: Result['checks'][number]): Result['checks'][number] {
  return { ...check, pass: false, actual: null };
}

/** The Result without what is withheld; the Result itself if nothing is. */
export function withoutWithheld(result: Result): Result {
  if (!isWithheld(result)) return result;
  const { load, latency, http, memory, cpu, timeline, checks } = result;
  return {
    ...result,
    // In an open loop, what was sent depends on the generator; in a closed one, the server decides when to send.
    load: { ...load, ackedPerSecond: null, ratePerSecond: load.loop === 'open' ? load.ratePerSecond : null },
    latency: { ...latency, response: null, service: null, delivery: null },
    http: http === null ? null : withoutHttpFigures(http),
    memory: {
      perConnection: null,
      plateaus: [],
      rehearsed: null,
      returnedToBaseline: null,
      baseline: null,
      rounds: [],
      leak: null,
      leakPerMessage: null,
      peakPssBytes: { nodes: [], workers: memory.peakPssBytes.workers },
    },
    cpu: { nodes: [], workers: cpu.workers, serverUsPerMessage: null },
    recoveryLevel: null,
    recovery: [],
    recoveryDistribution: [],
    checks: checks.map((check) => (staysKnown(check) ? check : unmeasured(check))),
    worstSeconds: [],
    timeline: withoutLatency(timeline),
  };
}

function withoutHttpFigures(http: HttpMeasured): HttpMeasured {
  const messages = http.messages === null ? null : { beside: null, without: null };
  return { ...http, answeredPerSecond: null, latency: null, messages };
}

/** A timeline without response times: what remains if they are withheld. */
export function withoutLatency(timeline: Timeline): Timeline {
  const nothing = timeline.p50Us.map(() => null);
  return { ...timeline, p50Us: nothing, p99Us: nothing, maxUs: nothing, heat: null };
}
