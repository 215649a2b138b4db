/**
 * What the environment says about the sender of metrics. It is read here, because the detectors of OpenTelemetry's SDK have different names
 * in each major version, and any version may be installed. Pure.
 *
 * Source: OpenTelemetry specification, "Resource SDK": OTEL_RESOURCE_ATTRIBUTES has key=value pairs separated by commas, with
 * percent-encoded values; if a value cannot be decoded, the whole variable is ignored. OTEL_SERVICE_NAME takes precedence over its
 * service.name.
 */
export function resourceAttributesOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const { OTEL_RESOURCE_ATTRIBUTES: pairs = '', OTEL_SERVICE_NAME: name } = env;
  return { ...pairsOf(pairs), ...(name === undefined || name === '' ? {} : { 'service.name': name }) };
}

function pairsOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const pair of text.split(',').filter((each) => each.trim() !== '')) {
    const [, key, value] = /^\s*([^=]*[^=\s])\s*=([^=]*)$/.exec(pair) ?? [];
    if (key === undefined || value === undefined) return {};
    try {
      attributes[key] = decodeURIComponent(value.trim());
    } catch {
      return {};
    }
  }
  return attributes;
}
