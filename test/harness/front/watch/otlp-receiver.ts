/** A receiver of OTLP/HTTP metrics in JSON, on a port of its own: keeps what it was sent. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}
interface Point {
  readonly attributes: readonly Attribute[];
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
  readonly asDouble?: number;
  readonly asInt?: number | string;
  readonly count?: number | string;
  readonly sum?: number;
  readonly bucketCounts?: readonly (number | string)[];
  readonly explicitBounds?: readonly number[];
}
export interface ReceivedMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: {
    readonly isMonotonic: boolean;
    readonly aggregationTemporality: number;
    readonly dataPoints: readonly Point[];
  };
  readonly gauge?: { readonly dataPoints: readonly Point[] };
  readonly histogram?: { readonly aggregationTemporality: number; readonly dataPoints: readonly Point[] };
}
export interface Push {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly resource: Readonly<Record<string, string | undefined>>;
  readonly metrics: readonly ReceivedMetric[];
}

interface Body {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly { readonly metrics: readonly ReceivedMetric[] }[];
  }[];
}

/** `answer`: status of each answer. */
export async function otlpReceiver(answer: () => number = () => 200) {
  const pushes: Push[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { resourceMetrics } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
      const [only] = resourceMetrics;
      pushes.push({
        path: request.url ?? '',
        headers: request.headers,
        resource: Object.fromEntries((only?.resource.attributes ?? []).map(({ key, value }) => [key, value.stringValue])),
        metrics: only?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [],
      });
      response.writeHead(answer(), { 'content-type': 'application/json' }).end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushes,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The value of a metric without labels, or of the one with this label. */
export function toldValue({ metrics }: Push, name: string, label?: readonly [key: string, value: string]): number | undefined {
  const metric = metrics.find((each) => each.name === name);
  const points = (metric?.sum ?? metric?.gauge)?.dataPoints ?? [];
  const point = points.find(
    ({ attributes }) =>
      label === undefined || attributes.some(({ key, value }) => key === label[0] && value.stringValue === label[1]),
  );
  return point === undefined ? undefined : Number(point.asDouble ?? point.asInt);
}
