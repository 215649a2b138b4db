/** The dashboard asks for what a run tells, and for nothing else: names, labels and ways to use them are those of the metric table. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type MetricDescription, metricNames, metrics } from '../../../../harness/front/watch/telemetry/metric-table.ts';
import { prometheusName } from '../../../../harness/front/watch/telemetry/prometheus-name.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string; readonly titleFormat: string }[] };
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const dashboard = JSON.parse(
  readFileSync(new URL('../../../../harness/front/watch/grafana-dashboard.json', import.meta.url), 'utf8'),
) as Dashboard;
const ofPanels = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr, legendFormat }) => ({ where: title, expr, legend: legendFormat })),
);
const ofAnnotations = dashboard.annotations.list.map(({ expr, titleFormat }) => ({
  where: 'annotation',
  expr,
  legend: titleFormat,
}));
const queries = [...ofPanels, ...ofAnnotations];

/** Every series that can be asked for. */
const series = new Map(
  metricNames.flatMap((name) => {
    const { kind, labels }: MetricDescription = metrics[name];
    const known = { kind, labels: [...labels, 'instance', 'job'] };
    const base = prometheusName(name);
    return kind === 'histogram'
      ? [
          [`${base}_bucket`, { kind: 'counter', labels: [...known.labels, 'le'] }],
          [`${base}_sum`, { kind: 'counter', labels: known.labels }],
          [`${base}_count`, { kind: 'counter', labels: known.labels }],
        ]
      : ([[base, known]] as [string, { kind: string; labels: string[] }][]);
  }) as [string, { readonly kind: string; readonly labels: readonly string[] }][],
);
const asked = (expr: string): string[] => expr.match(/\bletitcrash_\w+/g) ?? [];

describe('each query', () => {
  test.each(queries)('of "$where" names series that exist: $expr', ({ expr }) => {
    expect(asked(expr)).not.toEqual([]);
    for (const name of asked(expr)) expect([...series.keys()]).toContain(name);
  });

  test.each(queries)('of "$where" selects, groups and shows by labels that its series has: $expr', ({ expr, legend }) => {
    const matched = [...expr.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map((match) => match[1] as string);
    const grouped = [...expr.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap((match) => (match[1] as string).split(/\s*,\s*/));
    const shown = [...legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1] as string);
    for (const name of asked(expr))
      for (const label of [...matched, ...grouped, ...shown])
        expect([name, ...(series.get(name)?.labels ?? [])]).toContain(label);
    // What is shown must have survived the grouping.
    if (grouped.length > 0) for (const label of shown) expect(grouped).toContain(label);
  });

  test.each(queries)('of "$where" takes the rate of counters and the value of gauges: $expr', ({ expr }) => {
    for (const name of asked(expr)) {
      const rises = new RegExp(`(rate|increase)\\(${name}\\{`).test(expr);
      // How many there were so far is a question as well.
      if (name !== 'letitcrash_run_warnings_total') expect([name, rises]).toEqual([name, series.get(name)?.kind === 'counter']);
    }
  });

  test.each(queries)('of "$where" has balanced brackets: $expr', ({ expr }) => {
    let rest = expr.replace(/"[^"]*"/g, '');
    for (let before = ''; rest !== before; ) {
      before = rest;
      rest = rest.replace(/\([^()[\]{}]*\)|\[[^()[\]{}]*\]|\{[^()[\]{}]*\}/g, '');
    }
    expect(rest).not.toMatch(/[()[\]{}]/);
  });
});

test('every metric is on the dashboard', () => {
  const all = new Set(queries.flatMap(({ expr }) => asked(expr)));
  const missing = metricNames.map(prometheusName).filter((name) => ![name, `${name}_bucket`].some((each) => all.has(each)));
  expect(missing).toEqual([]);
});

test('the choice of a run uses a metric that every run has', () => {
  const choice = dashboard.templating.list.find(({ name }) => name === 'instance')?.definition ?? '';
  const always = metricNames.filter((name) => metrics[name].when === 'always').map(prometheusName);
  expect(asked(choice)).toHaveLength(1);
  expect(always).toContain(asked(choice)[0]);
});

test('panels have unique numbers, say what they show, and do not overlap', () => {
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  for (const { type, title, description } of panels)
    if (type !== 'row') expect([title, description?.endsWith('.')]).toEqual([title, true]);
  const cells = new Map<string, string>();
  for (const { title, gridPos } of panels)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(x).toBeLessThan(24);
        expect([title, cells.get(`${x},${y}`)]).toEqual([title, undefined]);
        cells.set(`${x},${y}`, title);
      }
});
