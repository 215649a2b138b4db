/**
 * One HTTP generator process: autocannon, controlled by IPC, ended with its parent. Several of them are the workers of an HTTP load,
 * because autocannon's own workers multiply `overallRate` and accept functions only as files.
 */
import autocannon from 'autocannon';
import { monotonicUs } from '../../../evidence/measure/clock.ts';
import type { FromGenerator, HttpJob, ToGenerator } from './http-job.ts';
import { requestList } from './request-list.ts';

/** How often autocannon checks whether its time is over; its default of 1 s would round up the length of a run. */
const LOOK_MS = 100;

/** The result of `skipAggregateResult`, which the types do not know. */
interface RawResult {
  readonly latencies: string;
  readonly totalBytes: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>;
}

/** A client as its source has it. */
interface RawClient {
  /** Requests written. */
  readonly reqsMade: number;
  /** Its own `setRequests` refuses with pipelining, because answers might be in flight; there are none yet during setup. */
  readonly requestIterator: { setRequests(requests: readonly object[]): void };
}

interface Run {
  readonly result: Promise<RawResult>;
  readonly clients: readonly RawClient[];
  stop(): void;
}

/** Listens to the outcome of each request. */
interface Heard {
  answered(status: number): void;
  failed(): void;
}

let job: HttpJob | null = null;
let running: Run | null = null;
let stopped = false;

function tell(message: FromGenerator): void {
  process.send?.(message);
}

function start(given: HttpJob, durationMs: number, heard: Heard): Run {
  const clients: RawClient[] = [];
  const { origins, identities, pipelining, ratePerSecond, timeoutMs, requests } = given;
  let stop = (): void => undefined;
  const result = new Promise<RawResult>((resolve, reject) => {
    const instance = autocannon(
      {
        url: [...origins] as unknown as string,
        connections: identities.length,
        pipelining,
        duration: durationMs / 1000,
        sampleInt: LOOK_MS,
        timeout: timeoutMs / 1000,
        // With a rate it would invent samples, with 1 ms as the expected interval; without a rate, it refuses this option.
        ...(ratePerSecond === null ? {} : { overallRate: ratePerSecond, ignoreCoordinatedOmission: true }),
        skipAggregateResult: true,
        setupClient: (client) => {
          const raw = client as unknown as RawClient;
          const identity = identities[clients.length];
          if (identity !== undefined) raw.requestIterator.setRequests(requestList(requests, identity));
          clients.push(raw);
        },
      } as autocannon.Options,
      (error: unknown, raw: unknown) => {
        if (error === null || error === undefined) resolve(raw as RawResult);
        else reject(error as Error);
      },
    );
    instance.on('response', (_client, status) => heard.answered(status));
    instance.on('reqError', () => heard.failed());
    stop = () => (instance as unknown as { stop(): void }).stop();
  });
  return { result, clients, stop: () => stop() };
}

async function play(given: HttpJob): Promise<void> {
  if (given.warmUpMs > 0) {
    running = start(given, given.warmUpMs, { answered: () => undefined, failed: () => undefined });
    await running.result;
  }
  const fromUs = monotonicUs();
  const cpu = process.cpuUsage();
  const seconds: [number, number][] = [];
  let [told, failed] = [0, 0];
  const ticks = setInterval(() => {
    const [ok, other] = seconds[told] ?? [0, 0];
    told++;
    tell({ type: 'second', ok, other, failed });
    failed = 0;
  }, 1_000);
  running = start(given, stopped ? 1 : given.durationMs, {
    answered: (status) => {
      const second = Math.floor((monotonicUs() - fromUs) / 1e6);
      while (seconds.length <= second) seconds.push([0, 0]);
      (seconds[second] as [number, number])[status >= 200 && status < 300 ? 0 : 1]++;
    },
    failed: () => {
      failed++;
    },
  });
  const result = await running.result;
  clearInterval(ticks);
  const toUs = monotonicUs();
  const { user, system } = process.cpuUsage(cpu);
  const statuses = Object.fromEntries(Object.entries(result.statusCodeStats).map(([status, { count }]) => [status, count]));
  tell({
    type: 'done',
    latenciesMs: result.latencies,
    statuses,
    // Autocannon's own count is wrong if a rate is set: it counts a whole second's requests as sent at once.
    sent: running.clients.reduce((sum, { reqsMade }) => sum + reqsMade, 0),
    answered: Object.values(statuses).reduce((sum, count) => sum + count, 0),
    errors: result.errors,
    timeouts: result.timeouts,
    bytes: result.totalBytes,
    fromUs,
    toUs,
    cpu: (user + system) / (toUs - fromUs),
    seconds,
  });
}

process.on('message', (message: ToGenerator) => {
  if (message.type === 'job') {
    job = message;
    tell({ type: 'ready' });
  } else if (message.type === 'stop') {
    stopped = true;
    running?.stop();
  } else if (job !== null) void play(job);
});
// A signal that ends a command on a terminal reaches its whole process group: the parent decides what becomes of the run.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
// It never outlives the process that started it.
process.on('disconnect', () => process.exit(0));
