/** Starts the requested watchers. Each is loaded only when needed. */

import type { Plan } from '../../plan/scenario/plan.ts';
import type { RunEvent } from '../../run/conductor/progress.ts';
import type { Watcher } from './watcher.ts';

export interface WatchOptions {
  /** A port of 127.0.0.1 on which a page follows the run; 0 or true means any free port. */
  readonly live?: number | true | undefined;
  /** A port of 127.0.0.1 on which Prometheus finds the run's metrics at /metrics; 0 means any free port, true means 9464. */
  readonly prometheus?: number | true | undefined;
  /**
   * The base URL of an OpenTelemetry collector, to which the run's metrics are sent once a second over OTLP/HTTP; true means
   * OTEL_EXPORTER_OTLP_ENDPOINT, or http://localhost:4318. Headers are taken from OTEL_EXPORTER_OTLP_HEADERS.
   */
  readonly otlp?: string | true | undefined;
}

/**
 * All watchers as one. `tell` hears where they can be found, and what goes wrong with them.
 * @throws WatchError if one cannot be started; then none is.
 */
export async function startWatchers(plan: Plan, options: WatchOptions, tell: (event: RunEvent) => void): Promise<Watcher> {
  const started: Watcher[] = [];
  const all: Watcher = {
    event: (event) => {
      for (const watcher of started) watcher.event(event);
    },
    close: async () => {
      await Promise.all(started.map((watcher) => watcher.close()));
    },
  };
  try {
    const { live, prometheus, otlp } = options;
    if (live !== undefined) {
      const { startLivePage } = await import('./live/live-page.ts');
      started.push(await startLivePage(plan, live === true ? 0 : live, tell));
    }
    if (prometheus !== undefined || otlp !== undefined) {
      const { startTelemetry } = await import('./telemetry/telemetry.ts');
      started.push(await startTelemetry(plan, { prometheus, otlp }, tell));
    }
    return all;
  } catch (error) {
    await all.close();
    throw error;
  }
}
