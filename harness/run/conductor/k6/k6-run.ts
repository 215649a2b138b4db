/** Plays a plan whose load is the user's own k6: our script, our summary, k6's users. Nothing is broken, and nothing is accounted for. */

import { join } from 'node:path';
import type { Deployment } from '../../../../targets/target.ts';
import { monotonicUs } from '../../../evidence/measure/clock.ts';
import { readCpuTicks } from '../../../evidence/measure/environment.ts';
import type { Result } from '../../../evidence/result/result.ts';
import { k6Environment } from '../../drivers/k6/k6-environment.ts';
import { K6Load } from '../../drivers/k6/k6-load.ts';
import { requireK6 } from '../../drivers/k6/k6-program.ts';
import { freeAddress, type K6Counts, k6Counts } from '../../drivers/k6/k6-progress.ts';
import { type K6Script, k6Script } from '../../drivers/k6/k6-script.ts';
import { refuseForeignUrls } from '../../drivers/own-endpoints.ts';
import { K6_SCRIPT_FILE, K6_SUMMARY_FILE } from '../../folder/file-names.ts';
import { writeWhole } from '../../folder/run-folder.ts';
import { DEVICE, UserNames } from '../../load/user-names.ts';
import { originsOf } from '../http/http-identities.ts';
import { PlainRun } from '../plain-run.ts';
import { runEnvironment } from '../run-environment.ts';
import { processesOf } from '../run-journal.ts';
import { buildK6Result } from './k6-result.ts';

/** What k6 needs beyond its load to start, drain and sum up. */
const GRACE_MS = 120_000;
const TICK_MS = 1_000;

export class K6Run extends PlainRun<K6Load> {
  #ticks: NodeJS.Timeout | null = null;

  async play(): Promise<{ readonly result: Result; readonly record: null; readonly unwritten: string | null }> {
    const { signal, end, progress, profiler } = this.options;
    const [startedAt, beganUs] = [new Date(), monotonicUs()];
    const ticksBefore = await readCpuTicks();
    const version = await requireK6();
    const deployment = await this.startDeployment();
    signal.throwIfAborted();
    const urls = this.#urls(deployment);
    const script = await k6Script(this.plan, urls);
    await this.attachProfiler(deployment);
    const load = await this.#startK6(script, urls, deployment);
    const killNow = (): void => load.killNow();
    signal.addEventListener('abort', killNow, { once: true });
    // An abort that came earlier has no listener.
    signal.throwIfAborted();
    const sampler = this.startSampler(deployment, load);
    await sampler.beginSpan();
    const loadUs = monotonicUs();
    await profiler?.begin();
    const { warmUpMs } = this.plan.load;
    end.early.addEventListener('abort', () => load.interrupt(), { once: true });
    end.load(loadUs + warmUpMs * 1000);
    progress({ kind: 'phase', phase: 'load', message: `k6 ${version} loads ${urls.join(', ')}` });
    const summary = await load
      .summary()
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      })
      .finally(() => signal.removeEventListener('abort', killNow));
    end.over();
    signal.throwIfAborted();
    const cpu = await sampler.cpu();
    await profiler?.end(cpu.nodes, loadUs);
    await sampler.stop();
    const environment = await runEnvironment(ticksBefore, this.options.neighbours);
    await this.stop();
    const result = buildK6Result({
      plan: this.plan,
      version,
      script,
      urls,
      summary,
      deployment,
      environment,
      startedAt: startedAt.toISOString(),
      durationMs: (monotonicUs() - beganUs) / 1000,
      peakPssBytes: sampler.peaks,
      cpu,
      profiledWith: profiler?.kind ?? null,
      interrupted: end.happened,
    });
    const unwritten = await this.writeFiles(result, startedAt.getTime());
    return { result, record: null, unwritten };
  }

  override async stop(): Promise<void> {
    if (this.#ticks !== null) clearInterval(this.#ticks);
    await super.stop();
  }

  /** @throws ForeignEndpointError for an endpoint that is neither on loopback nor owned. */
  #urls(deployment: Deployment | null): readonly string[] {
    const { http, target } = this.plan;
    const urls =
      http === null
        ? (deployment?.nodes ?? []).map(({ endpoint: { host, port, path } }) => `ws://${host}:${port}${path}`)
        : originsOf(http.url, deployment);
    refuseForeignUrls(urls, target.owned);
    return urls;
  }

  async #startK6(script: K6Script, urls: readonly string[], deployment: Deployment | null): Promise<K6Load> {
    const { load, users, http } = this.plan;
    const folder = this.folder.path;
    const scriptFile = join(folder, K6_SCRIPT_FILE);
    const summaryFile = join(folder, K6_SUMMARY_FILE);
    await writeWhole(scriptFile, script.text);
    const names = new UserNames(users, this.options.standing?.firstName);
    const signed = http === null || http.requests.some((request) => request.signed);
    const credentials =
      signed && deployment !== null
        ? Array.from({ length: users }, (_, index) => deployment.credential(names.name(index), DEVICE))
        : [];
    const address = await freeAddress();
    const started = new K6Load({
      scriptFile: K6_SCRIPT_FILE,
      summaryFile,
      folder,
      address,
      env: k6Environment(process.env, { urls, credentials, summaryFile: K6_SUMMARY_FILE }),
      limitMs:
        load.warmUpMs + load.durationMs + (load.connectPerSecond === 0 ? 0 : (users * 1000) / load.connectPerSecond) + GRACE_MS,
    });
    this.load = started;
    this.journal.processes([...processesOf(deployment, null), ...started.osPids.map((osPid) => ['k6', osPid] as const)]);
    this.#tick(address, script.kind);
    return started;
  }

  #tick(address: string, kind: K6Script['kind']): void {
    const { load } = this.plan;
    const beganUs = monotonicUs();
    let before: K6Counts = { connected: 0, sent: 0, acked: 0 };
    let asking = false;
    this.#ticks = setInterval(() => {
      if (asking) return;
      asking = true;
      void k6Counts(address, kind).then((counts) => {
        asking = false;
        const now = counts ?? before;
        this.options.progress({
          kind: 'tick',
          phase: 'load',
          elapsedMs: Math.round((monotonicUs() - beganUs) / 1000),
          totalMs: load.warmUpMs + load.durationMs,
          connected: now.connected,
          sentPerSecond: Math.max(0, now.sent - before.sent),
          ackedPerSecond: Math.max(0, now.acked - before.acked),
          outstanding: Math.max(0, now.sent - now.acked),
          p50Us: null,
          p99Us: null,
        });
        before = now;
      });
    }, TICK_MS);
  }
}
