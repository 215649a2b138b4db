/** What is known about a run at this moment, as figures of the metric table: events go in, figures are read. Uses no clock. */
import packageJson from '../../../../package.json' with { type: 'json' };
import { moduleLabel } from '../../../plan/own-server/module-path.ts';
import type { Plan } from '../../../plan/scenario/plan.ts';
import type { LiveReading } from '../../../run/conductor/live-readings.ts';
import type { Phase } from '../../../run/conductor/progress.ts';
import type { FaultEvent } from '../../../run/faults/interpreter.ts';
import type { Counts } from '../../../run/load/counts.ts';
import type { WatchEvent } from '../watcher.ts';
import { endFigures } from './end-figures.ts';
import { type Figure, figure, one } from './figure.ts';
import type { MetricName } from './metric-table.ts';
import { ResponseBuckets } from './response-buckets.ts';

const PHASES: readonly Phase[] = ['start', 'connect', 'load', 'drain', 'memory', 'judge'];
const OUTCOMES: readonly FaultEvent['what'][] = ['injected', 'healed', 'failed', 'skipped'];

/** Every count of the workers is published. */
const COUNTED: Readonly<Record<keyof Counts, MetricName>> = {
  offered: 'letitcrash.load.messages.offered',
  sent: 'letitcrash.load.messages.sent',
  repeated: 'letitcrash.load.messages.repeated',
  acked: 'letitcrash.load.messages.acknowledged',
  failed: 'letitcrash.load.messages.failed',
  overflowed: 'letitcrash.load.messages.overflowed',
  stray: 'letitcrash.load.messages.stray',
  outstanding: 'letitcrash.load.messages.outstanding',
  deliveries: 'letitcrash.load.deliveries.arrived',
  ignored: 'letitcrash.load.deliveries.ignored',
  corrupt: 'letitcrash.load.deliveries.corrupt',
  receipts: 'letitcrash.load.receipts',
  opened: 'letitcrash.load.sessions.opened',
  lost: 'letitcrash.load.sessions.lost',
  refused: 'letitcrash.load.connections.refused',
  redirected: 'letitcrash.load.connections.redirected',
  connected: 'letitcrash.load.users.connected',
  stopped: 'letitcrash.load.users.stopped',
};

const LATEST = [
  ['0.5', 'response.p50'],
  ['0.99', 'response.p99'],
  ['1', 'response.max'],
] as const;

export class RunFigures {
  readonly #plan: Plan;
  readonly #responses = new ResponseBuckets();
  readonly #faults = new Map<string, Map<string, number>>();
  #phase: Phase = 'start';
  #elapsedMs = 0;
  #reading: LiveReading | null = null;
  #answers = { ok: 0, other: 0 };
  #warnings = 0;
  #end: readonly Figure[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
    // A counter that begins with its first event seems never to have risen to a query for its rate.
    for (const { kind } of plan.faults) this.#faultsOf(kind);
  }

  event(event: WatchEvent): void {
    switch (event.kind) {
      case 'phase':
        this.#phase = event.phase;
        return;
      case 'tick':
        this.#elapsedMs = event.elapsedMs;
        return;
      case 'reading':
        this.#reading = event.reading;
        this.#responses.add(event.reading.responses);
        return;
      case 'answers':
        this.#answers = { ok: this.#answers.ok + event.ok, other: this.#answers.other + event.other };
        return;
      case 'fault': {
        const outcomes = this.#faultsOf(event.fault);
        outcomes.set(event.what, (outcomes.get(event.what) ?? 0) + 1);
        return;
      }
      case 'warning':
        this.#warnings += 1;
        return;
      case 'end':
        this.#end = endFigures(event.result);
    }
  }

  /** A metric without a value yet has no figure. */
  read(): readonly Figure[] {
    const { users, http, load } = this.#plan;
    const messages = load.model.kind !== 'closed';
    return [
      one('letitcrash.load.users.planned', messages ? users : 0),
      ...(this.#reading === null ? [] : this.#ofMessages(this.#reading)),
      ...(http === null ? [] : this.#ofRequests(http.connections)),
      ...this.#ofRun(),
      ...this.#end,
    ];
  }

  #ofMessages({ counts, values }: LiveReading): Figure[] {
    const latest = LATEST.flatMap(([quantile, name]) => {
      const us = values[name];
      return us === null ? [] : [{ labels: { quantile }, value: us / 1e6 }];
    });
    const error = values['error.rate'];
    return [
      ...Object.entries(COUNTED).map(([count, name]) => one(name, counts[count as keyof Counts])),
      ...(error === null ? [] : [one('letitcrash.load.error', error)]),
      { name: 'letitcrash.load.response.time', samples: [{ labels: {}, value: this.#responses.read() }] },
      figure('letitcrash.load.response.latest', latest),
    ];
  }

  #ofRequests(connections: number): Figure[] {
    const answers = Object.entries(this.#answers).map(([outcome, value]) => ({ labels: { outcome }, value }));
    return [figure('letitcrash.load.http.answers', answers), one('letitcrash.load.http.connections', connections)];
  }

  #ofRun(): Figure[] {
    const { scenario, target } = this.#plan;
    const about = { scenario: scenario.name, target: moduleLabel(target.use), version: packageJson.version };
    const phases = PHASES.map((phase) => ({ labels: { phase }, value: Number(phase === this.#phase) }));
    const faults = [...this.#faults].flatMap(([fault, outcomes]) =>
      [...outcomes].map(([outcome, value]) => ({ labels: { fault, outcome }, value })),
    );
    return [
      figure('letitcrash.run.info', [{ labels: about, value: 1 }]),
      figure('letitcrash.run.phase', phases),
      one('letitcrash.run.elapsed', this.#elapsedMs / 1000),
      one('letitcrash.run.warnings', this.#warnings),
      figure('letitcrash.run.faults', faults),
    ];
  }

  #faultsOf(kind: string): Map<string, number> {
    const known = this.#faults.get(kind) ?? new Map<string, number>(OUTCOMES.map((outcome) => [outcome, 0]));
    this.#faults.set(kind, known);
    return known;
  }
}
