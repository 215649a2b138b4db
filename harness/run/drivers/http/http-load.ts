/**
 * An HTTP load: generator processes, started and ended by their handles. In: a plan, origins, identities. Out: their reports.
 *
 * Closed loop: a connection sends its next request when it has the answer to the last one (or to `pipelining` of them), so a slow server
 * gets fewer requests. Such latencies are service times, in whole milliseconds.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpPlan } from '../../../plan/scenario/plan.ts';
import { answerOf } from '../../tools/child-answer.ts';
import { refuseForeignUrls } from '../own-endpoints.ts';
import type { FromGenerator, GeneratorReport, HttpIdentity, HttpSecond, ToGenerator } from './http-job.ts';

export interface HttpLoadOptions {
  readonly plan: HttpPlan;
  /** Where requests go; all of them must be on loopback, or owned. */
  readonly origins: readonly string[];
  readonly owned: boolean;
  /** One for each connection. */
  readonly identities: readonly HttpIdentity[];
  readonly warmUpMs: number;
  /** Called once a second for each generator; generators are numbered from 0. */
  readonly onSecond: (second: HttpSecond, generator: number) => void;
}

/** Time that a generator needs beyond its load to end, to load its code or to report the rest. */
const GRACE_MS = 30_000;
const READY_MS = 30_000;
const ENTRY = fileURLToPath(new URL(`./generator${extname(import.meta.url)}`, import.meta.url));

export class HttpLoad {
  readonly #children: ChildProcess[] = [];
  readonly #options: HttpLoadOptions;
  readonly #gone: Promise<void>[] = [];

  private constructor(options: HttpLoadOptions) {
    this.#options = options;
  }

  /**
   * Resolves when every generator waits for `go`.
   * @throws ForeignEndpointError for an origin that is neither on loopback nor owned, before anything is started.
   */
  static async start(options: HttpLoadOptions): Promise<HttpLoad> {
    refuseForeignUrls(options.origins, options.owned);
    const load = new HttpLoad(options);
    try {
      for (let worker = 0; worker < options.plan.workers; worker++) load.#fork();
      await Promise.all(
        load.#children.map((child, worker) => {
          const ready = load.#answer(worker, READY_MS, 'ready');
          tell(child, load.#job(worker));
          return ready;
        }),
      );
      return load;
    } catch (error) {
      await load.stop();
      throw error;
    }
  }

  #fork(): void {
    const child = fork(ENTRY, [], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#children.push(child);
    this.#gone.push(
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.once('error', () => resolve());
      }),
    );
  }

  get osPids(): readonly number[] {
    return this.#children.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Starts the load; resolves to one report for each generator. @throws if one of them dies or does not end in time. */
  go(): Promise<readonly GeneratorReport[]> {
    const { plan, warmUpMs, onSecond } = this.#options;
    return Promise.all(
      this.#children.map((child, worker) => {
        child.on('message', (message: FromGenerator) => {
          if (message.type === 'second') onSecond(message, worker);
        });
        const done = this.#answer(worker, warmUpMs + plan.forMs + GRACE_MS, 'done');
        tell(child, { type: 'go' });
        return done as Promise<GeneratorReport>;
      }),
    );
  }

  /** Ends the load early; what was measured until then is still reported. */
  cutShort(): void {
    for (const child of this.#children) tell(child, { type: 'stop' });
  }

  /** Ends the processes; idempotent. */
  async stop(): Promise<void> {
    this.killNow();
    await Promise.all(this.#gone);
  }

  killNow(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  #job(worker: number): ToGenerator {
    const { plan, origins, identities, warmUpMs } = this.#options;
    const { requests, pipelining, timeoutMs, forMs, workers } = plan;
    return {
      type: 'job',
      // Each begins with another origin, so that few connections are distributed as well as many.
      origins: origins.map((_, index) => origins[(index + worker) % origins.length] as string),
      requests,
      identities: identities.filter((_, index) => index % workers === worker),
      pipelining,
      ratePerSecond: plan.ratePerSecond === null ? null : shareOf(plan.ratePerSecond, worker, workers),
      timeoutMs,
      warmUpMs,
      durationMs: forMs,
    };
  }

  #answer(worker: number, limitMs: number, wanted: FromGenerator['type']): Promise<FromGenerator> {
    const child = this.#children[worker] as ChildProcess;
    return answerOf<FromGenerator>(child, `HTTP generator ${worker}`, limitMs, ({ type }) => type === wanted);
  }
}

/** A process that died in the meantime does not throw: its exit is reported to the caller who waits for its answer. */
function tell(child: ChildProcess, message: ToGenerator): void {
  if (child.connected) child.send(message, () => undefined);
}

/** Divides `total` into whole numbers that add up to it: the first workers get one more. */
function shareOf(total: number, worker: number, workers: number): number {
  return Math.floor(total / workers) + (worker < total % workers ? 1 : 0);
}
