/**
 * Every metric that a run publishes while it goes on, by its OpenTelemetry name. This is the one table from which the Prometheus text, the
 * OTLP documents and METRICS.md are made, and against which the dashboard is tested.
 *
 * Names follow OpenTelemetry's conventions: dots, no unit in the name, and no name that is the beginning of another. Prometheus derives its
 * own names from them (prometheus-name.ts). `letitcrash.load.` is what the users of the load did and observed, and `letitcrash.run.` is the
 * run itself. No name is shared with the metrics of the reference server.
 */

export interface MetricDescription {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** UCUM: s, By, 1 for a share; in braces what is counted. */
  readonly unit: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** When it has a value: from the start, with messages or HTTP requests only, or once the run is judged. */
  readonly when: 'always' | 'messages' | 'http' | 'end';
}

type Head = Pick<MetricDescription, 'unit' | 'help'> & { readonly labels?: readonly string[] };

const of =
  (kind: MetricDescription['kind'], when: MetricDescription['when']) =>
  ({ labels = [], ...head }: Head): MetricDescription => ({ kind, when, labels, ...head });
const counted = of('counter', 'messages');
const now = of('gauge', 'messages');
const judged = of('gauge', 'end');

export const metrics = {
  'letitcrash.load.messages.offered': counted({ unit: '{message}', help: 'messages whose intended time has come' }),
  'letitcrash.load.messages.sent': counted({ unit: '{message}', help: 'messages written at least once' }),
  'letitcrash.load.messages.repeated': counted({ unit: '{message}', help: 'writes of messages that had been written before' }),
  'letitcrash.load.messages.acknowledged': counted({ unit: '{message}', help: 'messages acknowledged by the server' }),
  'letitcrash.load.messages.failed': counted({ unit: '{message}', help: 'messages refused by the server' }),
  'letitcrash.load.messages.overflowed': counted({
    unit: '{message}',
    help: 'messages that found the outbox of their user full, and were never sent',
  }),
  'letitcrash.load.messages.stray': counted({
    unit: '{message}',
    help: 'acknowledgements and refusals for nothing outstanding; repeats cause some',
  }),
  'letitcrash.load.messages.outstanding': now({ unit: '{message}', help: 'messages neither acknowledged nor refused' }),
  'letitcrash.load.deliveries.arrived': counted({ unit: '{delivery}', help: 'deliveries to users, repeats included' }),
  'letitcrash.load.deliveries.ignored': counted({
    unit: '{delivery}',
    help: 'deliveries that the protocol told the client to ignore',
  }),
  'letitcrash.load.deliveries.corrupt': counted({ unit: '{delivery}', help: 'deliveries whose payload was damaged' }),
  'letitcrash.load.receipts': counted({ unit: '{receipt}', help: 'receipts to senders' }),
  'letitcrash.load.sessions.opened': counted({ unit: '{session}', help: 'sessions opened' }),
  'letitcrash.load.sessions.lost': counted({ unit: '{session}', help: 'sessions that ended without the user asking for it' }),
  'letitcrash.load.connections.refused': counted({ unit: '{connection}', help: 'attempts to connect that failed' }),
  'letitcrash.load.connections.redirected': counted({
    unit: '{connection}',
    help: 'redirects to another node that were followed',
  }),
  'letitcrash.load.users.planned': of('gauge', 'always')({ unit: '{user}', help: 'users that the scenario asks for' }),
  'letitcrash.load.users.connected': now({ unit: '{user}', help: 'users signed in' }),
  'letitcrash.load.users.stopped': now({ unit: '{user}', help: 'users that the server told not to come back' }),
  'letitcrash.load.error': now({
    unit: '1',
    help: 'messages refused or dropped, sessions lost and connections refused in the last second, as a share of these and the acknowledgements',
  }),
  'letitcrash.load.response.time': of(
    'histogram',
    'messages',
  )({
    unit: 's',
    help: 'time from intended send time to acknowledgement, without the warm-up',
  }),
  'letitcrash.load.response.latest': now({
    unit: 's',
    help: 'quantiles of the response times of the last second, from an HDR histogram, finer than the buckets',
    labels: ['quantile'],
  }),
  'letitcrash.load.http.answers': of(
    'counter',
    'http',
  )({
    unit: '{answer}',
    help: 'answers to HTTP requests: ok with a status of 2xx, or other',
    labels: ['outcome'],
  }),
  'letitcrash.load.http.connections': of('gauge', 'http')({ unit: '{connection}', help: 'connections of the HTTP load' }),
  'letitcrash.run.info': of(
    'gauge',
    'always',
  )({
    unit: '',
    help: 'always 1; its labels say which run this is',
    labels: ['scenario', 'target', 'version'],
  }),
  'letitcrash.run.phase': of(
    'gauge',
    'always',
  )({ unit: '', help: '1 for the current phase of the run, else 0', labels: ['phase'] }),
  'letitcrash.run.elapsed': of('gauge', 'always')({ unit: 's', help: 'time since the load began, including the drain' }),
  'letitcrash.run.warnings': of('counter', 'always')({ unit: '{warning}', help: 'warnings of the run' }),
  'letitcrash.run.faults': of(
    'counter',
    'always',
  )({
    unit: '{fault}',
    help: 'what became of faults: injected and verified, healed, failed (not verified), or skipped',
    labels: ['fault', 'outcome'],
  }),
  'letitcrash.run.verdict': judged({ unit: '', help: '1 for the verdict, else 0', labels: ['verdict'] }),
  'letitcrash.run.check.passed': judged({
    unit: '',
    help: '1 for a limit that was kept, 0 for one that was not',
    labels: ['check'],
  }),
  'letitcrash.run.delivery.violations': judged({
    unit: '{message}',
    help: 'violations of each delivery property, counted by the ledger',
    labels: ['property'],
  }),
  'letitcrash.run.delivery.messages': judged({
    unit: '{message}',
    help: 'what the ledger holds: attempted, acked, failed, indeterminate, recovered, expected, delivered, pending',
    labels: ['state'],
  }),
  'letitcrash.run.latency': judged({
    unit: 's',
    help: 'quantiles over the whole run; absent if the generator was the bottleneck',
    labels: ['latency', 'quantile'],
  }),
  'letitcrash.run.recovery.longest': judged({
    unit: 's',
    help: 'longest time from the injection of a fault, over all faults from which the run recovered in this respect',
    labels: ['clock'],
  }),
  'letitcrash.run.recovery.censored': judged({
    unit: '{fault}',
    help: 'faults from which the run had not recovered when it ended',
  }),
  'letitcrash.run.connection.memory': judged({ unit: 'By', help: "the server's memory for one more connection" }),
  'letitcrash.run.message.cpu': judged({ unit: 's', help: "the server's CPU time for one acknowledged message" }),
} as const satisfies Readonly<Record<string, MetricDescription>>;

export type MetricName = keyof typeof metrics;

export const metricNames = Object.keys(metrics) as readonly MetricName[];

/** Upper edges of the buckets of response times, in seconds: 1, 2.5 and 5 of each decade from 100 microseconds to 50 seconds, then finer where limits tend to lie. */
export const RESPONSE_TIME_EDGES_SECONDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 25, 50,
];
