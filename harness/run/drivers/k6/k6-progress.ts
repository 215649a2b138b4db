/** What k6's REST API reports about a running load, once a second. It is queried at 127.0.0.1, and its silence does no harm. */
import { createServer } from 'node:net';
import { z } from 'zod';

const ASK_MS = 800;
const answerSchema = z.object({
  data: z.array(z.object({ id: z.string(), attributes: z.object({ sample: z.record(z.string(), z.number().nullable()) }) })),
});

/** Counts since the load began. */
export interface K6Counts {
  readonly connected: number;
  readonly sent: number;
  readonly acked: number;
}

/** Null if there was no answer. */
export async function k6Counts(address: string, kind: 'native' | 'http'): Promise<K6Counts | null> {
  const answer = await fetch(`http://${address}/v1/metrics`, { signal: AbortSignal.timeout(ASK_MS) }).catch(() => null);
  if (answer === null || !answer.ok) return null;
  const read = answerSchema.safeParse(await answer.json().catch(() => null));
  if (!read.success) return null;
  const samples = new Map(read.data.data.map(({ id, attributes }) => [id, attributes.sample]));
  const count = (name: string, stat = 'count'): number => Math.round(samples.get(name)?.[stat] ?? 0);
  if (kind === 'native')
    return { connected: count('letitcrash_connected'), sent: count('letitcrash_sent'), acked: count('letitcrash_acked') };
  const asked = count('http_reqs');
  // `passes` are the samples that are true, which are the failed ones.
  return { connected: count('vus_max', 'value'), sent: asked, acked: asked - failed(samples.get('http_req_failed'), asked) };
}

function failed(rate: Readonly<Record<string, number | null>> | undefined, asked: number): number {
  return Math.round(rate?.passes ?? (rate?.rate ?? 0) * asked);
}

/** `127.0.0.1:<port>`, with a port that was free just now. */
export function freeAddress(): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(`127.0.0.1:${address.port}`) : reject(new Error('no port')),
      );
    });
  });
}
