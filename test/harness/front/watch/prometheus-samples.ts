/** Reads Prometheus text, format 0.0.4, strictly: a line that it does not understand is an error. */
export interface Scraped {
  /** Family to type. */
  readonly types: ReadonlyMap<string, string>;
  /** By `name{label="value"}`, labels as written. */
  readonly values: ReadonlyMap<string, number>;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)$/;

export function scraped(text: string): Scraped {
  const types = new Map<string, string>();
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(line);
    if (type !== null) {
      types.set(type[1] as string, type[2] as string);
      continue;
    }
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`this is no Prometheus text: ${line}`);
    const key = `${name}${labels}`;
    if (values.has(key)) throw new Error(`twice: ${key}`);
    values.set(key, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value));
  }
  return { types, values };
}
