/**
 * Where metrics are sent over OTLP/HTTP. Source: OpenTelemetry Protocol Exporter specification, "Endpoint URLs for OTLP/HTTP": an endpoint
 * for metrics is used as it is, and the path v1/metrics is added to a base URL. Pure.
 */
import { WatchError } from '../watch-error.ts';

const PATH = 'v1/metrics';
const DEFAULT_BASE = 'http://localhost:4318';

export interface OtlpEndpoint {
  readonly url: string;
  /** Without what may be secret in it: for people. */
  readonly shown: string;
}

/**
 * `given`: a base URL, or true for the environment's endpoint.
 * @throws WatchError for what is not an http or https URL, and for a password on the command line.
 */
export function otlpEndpoint(given: string | true, env: Readonly<Record<string, string | undefined>>): OtlpEndpoint {
  if (given !== true) {
    const url = parsed(given, 'otlp');
    if (url.username !== '' || url.password !== '')
      throw new WatchError('setting', 'otlp: the URL has a password\n  put secrets into OTEL_EXPORTER_OTLP_HEADERS');
    return endpoint(withPath(url));
  }
  const ofMetrics = env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  if (ofMetrics) return endpoint(parsed(ofMetrics, 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'));
  return endpoint(withPath(parsed(env.OTEL_EXPORTER_OTLP_ENDPOINT || DEFAULT_BASE, 'OTEL_EXPORTER_OTLP_ENDPOINT')));
}

function parsed(text: string, where: string): URL {
  const url = URL.parse(text);
  // The text there may hold a secret.
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new WatchError('setting', `${where}: is not the URL of a collector\n  give an http or https URL, like ${DEFAULT_BASE}`);
  return url;
}

function withPath(base: URL): URL {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(`/${PATH}`) ? path : `${path}/${PATH}`;
  return url;
}

function endpoint(url: URL): OtlpEndpoint {
  return { url: url.href, shown: `${url.origin}${url.pathname}` };
}
