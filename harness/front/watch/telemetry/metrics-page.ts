/**
 * The page of metrics, METRICS.md, made from the table itself; a test keeps it up to date. To generate it:
 *
 *     node harness/front/watch/telemetry/metrics-page.ts
 */
import { writeFileSync } from 'node:fs';
import { type MetricDescription, metricNames, metrics } from './metric-table.ts';
import { prometheusName } from './prometheus-name.ts';

export const METRICS_PAGE = new URL('METRICS.md', import.meta.url);

const HEAD = `# The metrics of a run

Generated from the code by \`node harness/front/watch/telemetry/metrics-page.ts\`. Each metric has two names: Prometheus's, in the text of \`--prometheus\`,
and OpenTelemetry's, over \`--otlp\`. Prometheus's own OTLP receiver and the collector's exporter derive the former from the latter, so one
dashboard serves both. Counters and histograms are cumulative.`;

const WHEN: Readonly<Record<MetricDescription['when'], string>> = {
  always: 'Of every run',
  messages: 'Of a load of messages, from the first second of the load',
  http: 'Of an HTTP load, alone or beside messages',
  end: 'At the end, with the verdict',
};

/** Markdown, with a line break at the end. */
export function metricsPage(): string {
  const sections = Object.entries(WHEN).map(([when, title]) => {
    const rows = metricNames.flatMap((name) => {
      const { kind, unit, labels, help, ...metric }: MetricDescription = metrics[name];
      if (metric.when !== when) return [];
      const labelled = labels.map((label) => `\`${label}\``).join(', ');
      return [
        `| \`${prometheusName(name)}\` | \`${name}\` | ${kind} | ${unit === '' ? '' : `\`${unit}\``} | ${labelled} | ${help} |`,
      ];
    });
    return [
      `## ${title}`,
      '',
      '| Prometheus | OpenTelemetry | kind | unit | labels | |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows,
    ];
  });
  return `${[HEAD, ...sections.map((lines) => lines.join('\n'))].join('\n\n')}\n`;
}

if (import.meta.main) writeFileSync(METRICS_PAGE, metricsPage());
