/**
 * What the environment says of who sends metrics. Read here, since the detectors of OpenTelemetry's SDK have other names in each major
 * version, and whoever installs the SDK may have any. Pure.
 *
 * Source: OpenTelemetry specification, "Resource SDK": OTEL_RESOURCE_ATTRIBUTES is key=value pairs after commas, the values percent-encoded; where a
 * value cannot be decoded, the whole is not taken. OTEL_SERVICE_NAME goes before its service.name.
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
