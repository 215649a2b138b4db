/** Plays a plan whose load is HTTP requests and nothing else: the target's own HTTP, or a URL. No users sign in, so nothing drains. */
import type { Deployment, Target } from '../../targets/target.ts';
import { HttpLoad } from '../drivers/http/http-load.ts';
import { httpInvalidity, httpMeasured } from '../drivers/http/http-measured.ts';
import { monotonicUs } from '../measure/clock.ts';
import { readCpuTicks, readEnvironment } from '../measure/environment.ts';
import { Sampler } from '../measure/sampler.ts';
import type { Result } from '../result/result.ts';
import type { HttpPlan, Plan } from '../scenario/plan.ts';
import { abortText } from './abort-watch.ts';
import type { RunOptions } from './conductor.ts';
import { identitiesOf, originsOf } from './http-identities.ts';
import { HttpReadings } from './http-readings.ts';
import { buildHttpResult } from './http-result.ts';
import { RunAbort } from './run-abort.ts';
import { writeRunFiles } from './run-files.ts';
import type { RunFolder } from './run-folder.ts';
import { processesOf, type RunJournal } from './run-journal.ts';
import { startDeployment } from './start-deployment.ts';

/** One run's life: what it started, so that it can be ended. */
export class HttpRun {
  readonly #plan: Plan;
  readonly #http: HttpPlan;
  readonly #target: Target;
  readonly #folder: RunFolder;
  readonly #journal: RunJournal;
  readonly #options: RunOptions;
  #deployment: Deployment | null = null;
  #load: HttpLoad | null = null;
  #sampler: Sampler | null = null;

  constructor(plan: Plan, target: Target, folder: RunFolder, journal: RunJournal, options: RunOptions) {
    if (plan.http === null) throw new RangeError('a plan without an HTTP load');
    this.#plan = plan;
    this.#http = plan.http;
    this.#target = target;
    this.#folder = folder;
    this.#journal = journal;
    this.#options = options;
  }

  async play(): Promise<{ readonly result: Result; readonly record: null }> {
    const { signal, progress, standing } = this.#options;
    const { load } = this.#plan;
    const [startedAt, beganUs] = [new Date(), monotonicUs()];
    const ticksBefore = await readCpuTicks();
    const deployment = this.#http.url === null ? await this.#startDeployment() : null;
    signal.throwIfAborted();
    const origins = originsOf(this.#http.url, deployment);
    const [readings, abort] = [new HttpReadings(this.#http.workers), new RunAbort(this.#plan)];
    let elapsed = 0;
    this.#load = await HttpLoad.start({
      plan: this.#http,
      origins,
      owned: this.#plan.target.owned,
      identities: identitiesOf(this.#plan, deployment, standing?.firstName),
      warmUpMs: load.warmUpMs,
      onSecond: (second, generator) => {
        const { ok, other } = second;
        const reading = readings.add(second, generator);
        if (reading !== null) abort.observe(reading);
        // Each generator tells its own second.
        elapsed += 1_000 / this.#http.workers;
        progress({ kind: 'answers', ok, other });
        progress({
          kind: 'tick',
          phase: 'load',
          elapsedMs: Math.round(elapsed),
          totalMs: load.durationMs,
          connected: this.#http.connections,
          sentPerSecond: (ok + other) * this.#http.workers,
          ackedPerSecond: ok * this.#http.workers,
          outstanding: 0,
          p50Us: null,
          p99Us: null,
        });
      },
    });
    this.#journal.processes(processesOf(deployment, null, this.#load));
    const { osPids } = this.#load;
    const { profiler } = this.#options;
    if (deployment !== null) await profiler?.attach({ nodes: () => deployment.nodes, logDir: this.#folder.logs, signal });
    const sampler = new Sampler({ nodes: () => (deployment?.nodes ?? []).map(({ osPid }) => osPid), workers: () => osPids });
    this.#sampler = sampler;
    sampler.start();
    progress({ kind: 'phase', phase: 'load', message: `Asking ${origins.join(', ')} for ${load.durationMs / 1000} s` });
    const killNow = (): void => this.#load?.killNow();
    signal.addEventListener('abort', killNow, { once: true });
    abort.signal.addEventListener('abort', () => this.#cutShort(abort), { once: true });
    let zeroUs = monotonicUs();
    await sampler.beginSpan();
    signal.throwIfAborted();
    const going = this.#load.go();
    const [reports] = await Promise.all([going, profiler?.begin()]).finally(() => signal.removeEventListener('abort', killNow));
    signal.throwIfAborted();
    zeroUs = Math.min(...reports.map(({ fromUs }) => fromUs));
    const cpu = await sampler.cpu();
    await profiler?.end(cpu.nodes, zeroUs);
    await sampler.stop();
    const environment = await readEnvironment(ticksBefore);
    await this.stop();
    const result = buildHttpResult({
      plan: this.#plan,
      startedAt: startedAt.toISOString(),
      durationMs: (monotonicUs() - beganUs) / 1000,
      deployment,
      environment,
      measured: httpMeasured(this.#http, origins, reports, zeroUs),
      invalidity: httpInvalidity(reports),
      aborted: abort.happened,
      peakPssBytes: sampler.peaks,
      cpu,
      profiledWith: profiler?.kind ?? null,
    });
    await writeRunFiles(this.#folder.path, {
      result,
      observations: null,
      endUs: 0,
      plan: this.#plan,
      faults: [],
      intervals: [],
      zeroMs: startedAt.getTime() + (zeroUs - beganUs) / 1000,
    });
    return { result, record: null };
  }

  /** Ends what this run started; idempotent. */
  async stop(): Promise<void> {
    await this.#sampler?.stop();
    this.#options.profiler?.close();
    await this.#load?.stop();
    if (this.#options.standing === undefined) await this.#deployment?.stop();
  }

  /** After `stop`. */
  closeJournal(): void {
    this.#journal.close();
  }

  killNow(): void {
    this.#load?.killNow();
    if (this.#options.standing === undefined) this.#deployment?.killNow();
  }

  #cutShort({ happened }: RunAbort): void {
    if (happened !== null) this.#options.progress({ kind: 'warning', message: `${abortText(happened)}; asking stops` });
    this.#load?.cutShort();
  }

  async #startDeployment(): Promise<Deployment> {
    this.#deployment = await startDeployment(this.#plan, this.#target, this.#folder, this.#options);
    this.#journal.processes(processesOf(this.#deployment, null));
    return this.#deployment;
  }
}
