/**
 * Sends a run's metrics to an OpenTelemetry collector, and once more at its end. At most one request is in flight: what could not be sent
 * in time is not kept, because the next push contains everything. A collector that is down leads to one warning and nothing else.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import packageJson from '../../../../package.json' with { type: 'json' };
import type { Figure } from './figure.ts';
import { otlpMetrics } from './otlp-data.ts';
import type { OtlpEndpoint } from './otlp-endpoint.ts';
import { resourceAttributesOf } from './resource-attributes.ts';

/** The limit of one push, including its retries, unless OTEL_EXPORTER_OTLP_TIMEOUT says otherwise. */
const PUSH_LIMIT_MS = 2_000;
/** The limit of the push in flight at the end and the last push together. */
const END_LIMIT_MS = 5_000;

export interface OtlpPusher {
  /** Sends what is known, unless a push is in flight. */
  push(): void;
  /** The last push, and the end; never rejects, and takes at most END_LIMIT_MS. */
  close(): Promise<void>;
}

export function pushOtlp(
  { url, shown }: OtlpEndpoint,
  read: () => readonly Figure[],
  warn: (message: string) => void,
): OtlpPusher {
  const { OTEL_EXPORTER_OTLP_TIMEOUT, OTEL_EXPORTER_OTLP_METRICS_TIMEOUT } = process.env;
  const limited = OTEL_EXPORTER_OTLP_METRICS_TIMEOUT ?? OTEL_EXPORTER_OTLP_TIMEOUT;
  const exporter = new OTLPMetricExporter({ url, ...(limited === undefined ? { timeoutMillis: PUSH_LIMIT_MS } : {}) });
  const fromMs = Date.now();
  const resource = resourceFromAttributes({
    'service.name': packageJson.name,
    'service.version': packageJson.version,
    'service.instance.id': randomUUID(),
    ...resourceAttributesOf(process.env),
  });
  const scope = { name: packageJson.name, version: packageJson.version };
  let underWay: Promise<void> | null = null;
  let warned = false;

  const send = (): Promise<void> =>
    new Promise((resolve) => {
      const metrics = otlpMetrics(read(), { fromMs, toMs: Date.now() });
      exporter.export({ resource, scopeMetrics: [{ scope, metrics }] }, ({ error }) => {
        if (error !== undefined && !warned) {
          warned = true;
          warn(`no metrics can be sent to ${shown}: ${reasonOf(error)}; the run goes on without them`);
        }
        resolve();
      });
    });

  return {
    push() {
      underWay ??= send().finally(() => {
        underWay = null;
      });
    },
    async close() {
      const last = async (): Promise<void> => {
        await underWay;
        await send();
        await exporter.shutdown();
      };
      const limit = new AbortController();
      await Promise.race([last(), delay(END_LIMIT_MS, undefined, { signal: limit.signal }).catch(() => undefined)]);
      limit.abort();
    },
  };
}

/** Without the server's answer, which may be anything. */
function reasonOf(error: Error): string {
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'number') return `it answers with status ${code}`;
  // Several addresses of one name fail together; each failure has a message, but the whole has none.
  return error.message === '' && typeof code === 'string' ? code : error.message;
}
