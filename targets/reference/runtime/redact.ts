/** A value with its contents taken out: scalars become the name of their type, objects keep their keys (two levels deep). */
export function redact(value: unknown, depth = 2): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (typeof value !== 'object') return typeof value;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) return `array of ${value.length}`;
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name} of ${value.size}`;
  if (depth === 0) return 'object';
  const shown: Record<string, unknown> = {};
  for (const [key, { enumerable, get, value: field }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    // What a getter does is not ours to find out: it might not return.
    if (enumerable === true) shown[key] = get !== undefined ? 'getter' : key === 'type' ? field : redact(field, depth - 1);
  }
  return shown;
}
