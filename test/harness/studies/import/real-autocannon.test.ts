/** What the installed autocannon writes, played here: a test that opens sockets, unlike the others of this room. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import autocannon from 'autocannon';
import { describe, expect, test } from 'vitest';
import type { ForeignRun } from '../../../../harness/run/tools/foreign-run.ts';
import { readAutocannonOutput } from '../../../../harness/studies/import/autocannon-output.ts';
import { autocannonRun } from '../../../../harness/studies/import/autocannon-run.ts';

function autocannonOf(document: unknown): ForeignRun {
  const output = readAutocannonOutput(JSON.parse(JSON.stringify(document)));
  if ('problem' in output) throw new Error(output.problem);
  return autocannonRun(output);
}

describe('the output of the real autocannon', () => {
  async function play(rate: number | null): Promise<unknown> {
    const server = createServer((_request, response) => void setTimeout(() => response.end('hello'), 20));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const url = `http://127.0.0.1:${port}`;
      const options = { url, connections: 2, duration: 0.5, sampleInt: 100, ...(rate === null ? {} : { overallRate: rate }) };
      return await autocannon(options as autocannon.Options);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test('gives the answered requests, and no p95', async () => {
    const run = autocannonOf(await play(null));
    expect(run.http).toMatchObject({ connections: 2, resolutionUs: 1_000, statuses: { '200': run.served } });
    expect(run.http?.latency).toMatchObject({ p95Us: null, count: run.served });
    expect(run.http?.latency?.p50Us).toBeGreaterThanOrEqual(19_000);
    expect(run.load.ackedPerSecond).toBeCloseTo(run.http?.answeredPerSecond as number, 6);
    expect(run.invalidity).toEqual([]);
    expect(run.target).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  test('is not believed if a rate made it invent samples', async () => {
    const run = autocannonOf(await play(20));
    expect(run.invalidity).toEqual([expect.stringContaining('it invents samples')]);
    expect(run.http?.latency).toBeNull();
  });
});
