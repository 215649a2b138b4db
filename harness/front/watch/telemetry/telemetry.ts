/** Follows a run and publishes its metrics: to Prometheus when it asks, to an OpenTelemetry collector once a second. */

import type { Plan } from '../../../plan/scenario/plan.ts';
import type { RunEvent } from '../../../run/conductor/progress.ts';
import { WatchError } from '../watch-error.ts';
import type { WatchEvent, Watcher } from '../watcher.ts';
import { loadPusher } from './load-pusher.ts';
import type { OtlpPusher } from './otlp.ts';
import { otlpEndpoint } from './otlp-endpoint.ts';
import { PROMETHEUS_PORT, type PrometheusServer, servePrometheus } from './prometheus.ts';
import { RunFigures } from './run-figures.ts';

export interface TelemetryOptions {
  readonly prometheus: number | true | undefined;
  readonly otlp: string | true | undefined;
}

const MAX_PORT = 65_535;
/** About once a second during the load; other events when something happens. */
const PUSHED_AT: readonly WatchEvent['kind'][] = ['phase', 'tick', 'fault'];

/** @throws WatchError for an invalid port or URL, and for a port that is in use. */
export async function startTelemetry(
  plan: Plan,
  { prometheus, otlp }: TelemetryOptions,
  tell: (event: RunEvent) => void,
): Promise<Watcher> {
  const figures = new RunFigures(plan);
  const read = () => figures.read();
  const endpoint = otlp === undefined ? null : otlpEndpoint(otlp, process.env);
  // Before anything is served, so that what is missing is reported before anything starts.
  const push = endpoint === null ? null : await loadPusher();
  const server: PrometheusServer | null = prometheus === undefined ? null : await servePrometheus(portOf(prometheus), read);
  if (server !== null) tell({ kind: 'watching', message: 'metrics for Prometheus', url: server.url });
  let pusher: OtlpPusher | null = null;
  if (endpoint !== null && push !== null) {
    pusher = push(endpoint, read, (message) => tell({ kind: 'warning', message }));
    tell({ kind: 'watching', message: 'metrics go over OTLP', url: endpoint.shown });
  }
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await pusher?.close();
    await server?.close();
  };
  return {
    event: (event) => {
      figures.event(event);
      if (PUSHED_AT.includes(event.kind)) pusher?.push();
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function portOf(given: number | true): number {
  if (given === true) return PROMETHEUS_PORT;
  if (Number.isInteger(given) && given >= 0 && given <= MAX_PORT) return given;
  throw new WatchError(
    'setting',
    `prometheus: ${given} is not a port\n  a port is a whole number from 0 (any free port) to ${MAX_PORT}`,
  );
}
