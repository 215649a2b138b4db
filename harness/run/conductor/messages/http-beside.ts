/** The HTTP load beside a load of messages: begins at its time, ends with the messages, and reports how it affected the messages. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Deployment } from '../../../../targets/target.ts';
import type { Attempts } from '../../../evidence/ledger/observations.ts';
import { monotonicUs } from '../../../evidence/measure/clock.ts';
import type { IntervalHistograms } from '../../../evidence/measure/latency-log.ts';
import { mergeHistograms } from '../../../evidence/measure/latency-merge.ts';
import { summariseWaits } from '../../../evidence/measure/latency-summary.ts';
import { isUnanswered, NO_WAITS } from '../../../evidence/measure/waits.ts';
import type { HttpMeasured, ToldLatency } from '../../../evidence/result/result.ts';
import type { HttpPlan, Plan } from '../../../plan/scenario/plan.ts';
import type { GeneratorReport } from '../../drivers/http/http-job.ts';
import { HttpLoad } from '../../drivers/http/http-load.ts';
import { httpInvalidity, httpMeasured } from '../../drivers/http/http-measured.ts';
import { identitiesOf, originsOf } from '../http/http-identities.ts';
import type { RunEvent } from '../progress.ts';

export class HttpBeside {
  readonly #plan: HttpPlan;
  readonly #load: HttpLoad;
  readonly #origins: readonly string[];
  readonly #durationMs: number;
  #reports: readonly GeneratorReport[] = [];

  private constructor(plan: HttpPlan, load: HttpLoad, origins: readonly string[], durationMs: number) {
    this.#plan = plan;
    this.#load = load;
    this.#origins = origins;
    this.#durationMs = durationMs;
  }

  /** Null for a plan without one. @throws ForeignEndpointError for a url that is neither on loopback nor owned. */
  static async start(
    plan: Plan,
    deployment: Deployment,
    progress: (event: RunEvent) => void,
    firstName = 0,
  ): Promise<HttpBeside | null> {
    const { http, load, target } = plan;
    if (http === null) return null;
    const origins = originsOf(http.url, deployment);
    const started = await HttpLoad.start({
      plan: http,
      origins,
      owned: target.owned,
      identities: identitiesOf(plan, http.url === null ? deployment : null, firstName),
      warmUpMs: 0,
      onSecond: ({ ok, other }) => progress({ kind: 'answers', ok, other }),
    });
    return new HttpBeside(http, started, origins, load.durationMs);
  }

  get osPids(): readonly number[] {
    return this.#load.osPids;
  }

  /** Plays its part of a load that began, or begins, at `zeroUs`; cut short if `ended` is aborted. */
  async play(zeroUs: number, ended: AbortSignal): Promise<void> {
    const beginsInMs = zeroUs / 1000 + this.#plan.atMs - monotonicUs() / 1000;
    // An end that comes before it has begun leaves nothing to measure.
    const began = await delay(Math.max(0, beginsInMs), true, { signal: ended }).catch(() => false);
    if (!began) return;
    const cutShort = (): void => this.#load.cutShort();
    ended.addEventListener('abort', cutShort, { once: true });
    try {
      this.#reports = await this.#load.go();
    } finally {
      ended.removeEventListener('abort', cutShort);
    }
  }

  stop(): Promise<void> {
    return this.#load.stop();
  }

  killNow(): void {
    this.#load.killNow();
  }

  /** Null if it never began. `intervals` are those of the messages' workers. */
  measured(
    intervals: readonly IntervalHistograms[],
    attempts: Attempts | null,
    zeroUs: number,
  ): { readonly measured: HttpMeasured; readonly invalidity: readonly string[] } | null {
    if (this.#reports.length === 0) return null;
    const measured = httpMeasured(this.#plan, this.#origins, this.#reports, zeroUs);
    const invalidity = httpInvalidity(this.#reports);
    return {
      measured: {
        ...measured,
        messages: messagesBeside(intervals, attempts, measured, this.#durationMs),
      },
      invalidity,
    };
  }
}

/**
 * Response times of the intervals that lie wholly within the HTTP load, and of those that lie wholly outside it; what was never answered
 * belongs to the time at which it was meant to be sent. `attempts` is null if nobody waited for the answers.
 */
export function messagesBeside(
  intervals: readonly IntervalHistograms[],
  attempts: Attempts | null,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  durationMs: number,
): HttpMeasured['messages'] {
  const within = (from: number, to: number) => (interval: Pick<IntervalHistograms, 'fromUs' | 'toUs'>) =>
    interval.fromUs >= from * 1000 && interval.toUs <= to * 1000;
  const before = within(0, fromMs);
  const after = within(toMs, durationMs);
  const neverUs: number[] = [];
  for (let row = 0; row < (attempts?.count ?? 0); row++) {
    if (attempts !== null && isUnanswered(attempts, row)) neverUs.push(attempts.intendedUs[row] as number);
  }
  const merged = (counts: (interval: Pick<IntervalHistograms, 'fromUs' | 'toUs'>) => boolean): ToldLatency | null => {
    const histogram = mergeHistograms(intervals.filter(counts).map(({ response }) => response));
    const unanswered = neverUs.filter((us) => counts({ fromUs: us, toUs: us })).length;
    const summary = summariseWaits(histogram, { ...NO_WAITS, unanswered });
    if (summary === null) return null;
    // The intervals do not tell which of their messages were released.
    const { released: _, unanswered: known, ...others } = summary;
    return attempts === null || known === undefined ? others : { ...others, unanswered: known };
  };
  return {
    beside: merged(within(fromMs, toMs)),
    without: merged((interval) => before(interval) || after(interval)),
  };
}
