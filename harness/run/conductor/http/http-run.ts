/** Plays a plan whose load is HTTP requests and nothing else: the target's own HTTP, or a URL. No users sign in, so nothing drains. */

import { monotonicUs } from '../../../evidence/measure/clock.ts';
import { readCpuTicks } from '../../../evidence/measure/environment.ts';
import { formatMs } from '../../../evidence/result/format.ts';
import type { Result } from '../../../evidence/result/result.ts';
import { HttpLoad } from '../../drivers/http/http-load.ts';
import { httpInvalidity, httpMeasured } from '../../drivers/http/http-measured.ts';
import { AbortWatch, abortText } from '../abort-watch.ts';
import { PlainRun } from '../plain-run.ts';
import { runEnvironment } from '../run-environment.ts';
import { processesOf } from '../run-journal.ts';
import { identitiesOf, originsOf } from './http-identities.ts';
import { HttpReadings } from './http-readings.ts';
import { buildHttpResult } from './http-result.ts';

export class HttpRun extends PlainRun<HttpLoad> {
  async play(): Promise<{ readonly result: Result; readonly record: null; readonly unwritten: string | null }> {
    const { signal, end, progress, standing, profiler } = this.options;
    const { load, http } = this.plan;
    if (http === null) throw new RangeError('a plan without an HTTP load');
    const [startedAt, beganUs] = [new Date(), monotonicUs()];
    const ticksBefore = await readCpuTicks();
    const deployment = await this.startDeployment();
    signal.throwIfAborted();
    const origins = originsOf(http.url, deployment);
    const [readings, abort] = [new HttpReadings(http.workers), new AbortWatch(this.plan)];
    let elapsed = 0;
    const asking = await HttpLoad.start({
      plan: http,
      origins,
      owned: this.plan.target.owned,
      identities: identitiesOf(this.plan, deployment, standing?.firstName),
      warmUpMs: load.warmUpMs,
      onSecond: (second, generator) => {
        const { ok, other } = second;
        const reading = readings.add(second, generator);
        if (reading !== null) abort.observe(reading);
        // Each generator reports its own seconds.
        elapsed += 1_000 / http.workers;
        progress({ kind: 'answers', ok, other });
        progress({
          kind: 'tick',
          phase: 'load',
          elapsedMs: Math.round(elapsed),
          totalMs: load.durationMs,
          connected: http.connections,
          sentPerSecond: (ok + other) * http.workers,
          ackedPerSecond: ok * http.workers,
          outstanding: 0,
          p50Us: null,
          p99Us: null,
        });
      },
    });
    this.load = asking;
    this.journal.processes(processesOf(deployment, null, asking));
    await this.attachProfiler(deployment);
    const sampler = this.startSampler(deployment, asking);
    progress({ kind: 'phase', phase: 'load', message: `Asking ${origins.join(', ')} for ${formatMs(load.durationMs)}` });
    const killNow = (): void => asking.killNow();
    signal.addEventListener('abort', killNow, { once: true });
    abort.signal.addEventListener('abort', () => this.#cutShort(abort), { once: true });
    end.early.addEventListener('abort', () => asking.cutShort(), { once: true });
    await sampler.beginSpan();
    signal.throwIfAborted();
    end.load(monotonicUs() + load.warmUpMs * 1000);
    const [reports] = await Promise.all([asking.go(), profiler?.begin()]).finally(() =>
      signal.removeEventListener('abort', killNow),
    );
    end.over();
    signal.throwIfAborted();
    const zeroUs = Math.min(...reports.map(({ fromUs }) => fromUs));
    const cpu = await sampler.cpu();
    await profiler?.end(cpu.nodes, zeroUs);
    await sampler.stop();
    const environment = await runEnvironment(ticksBefore, this.options.neighbours);
    await this.stop();
    const result = buildHttpResult({
      plan: this.plan,
      startedAt: startedAt.toISOString(),
      durationMs: (monotonicUs() - beganUs) / 1000,
      deployment,
      environment,
      measured: httpMeasured(http, origins, reports, zeroUs),
      invalidity: httpInvalidity(reports),
      aborted: abort.happened,
      interrupted: end.happened,
      peakPssBytes: sampler.peaks,
      cpu,
      profiledWith: profiler?.kind ?? null,
    });
    const unwritten = await this.writeFiles(result, startedAt.getTime() + (zeroUs - beganUs) / 1000);
    return { result, record: null, unwritten };
  }

  #cutShort({ happened }: AbortWatch): void {
    if (happened !== null)
      this.options.progress({ kind: 'warning', message: `${abortText(happened)}; no more requests are sent` });
    this.load?.cutShort();
  }
}
