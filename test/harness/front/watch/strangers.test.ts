/** The servers of a run: a connection that asks nothing keeps nobody out, and no request target is answered with an error of theirs. */
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { startLivePage } from '../../../../harness/front/watch/live/live-page.ts';
import { servePrometheus } from '../../../../harness/front/watch/telemetry/prometheus.ts';
import type { RunEvent } from '../../../../harness/run/conductor/progress.ts';
import { MALFORMED, targets } from '../../../targets/protocol/request-target.ts';
import { raw } from '../../../targets/reference/http/http-client.ts';
import { plan } from './watched-run.ts';

const open: Socket[] = [];
let close = async (): Promise<void> => undefined;
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  await close();
});

const servers = {
  live: async () => {
    const told: RunEvent[] = [];
    const watcher = await startLivePage(plan(), 0, (event) => told.push(event));
    close = async () => void (await watcher.close());
    const [address] = told;
    return { port: Number(new URL(address?.kind === 'watching' ? address.url : '').port), path: '/' };
  },
  prometheus: async () => {
    const server = await servePrometheus(0, () => []);
    close = server.close;
    return { port: Number(new URL(server.url).port), path: '/metrics' };
  },
};

const request = (target: string, method = 'GET'): string =>
  `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

describe.each(Object.entries(servers))('%s', (_name, start) => {
  test('answers while more connections than there are places send half a request', async () => {
    const { port, path } = await start();
    const sockets = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'));
    open.push(...sockets);
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket.on('error', () => undefined);
            socket.once('connect', () => socket.write('GET / HTTP/1.1\r\n', () => resolve()));
            socket.once('close', () => resolve());
          }),
      ),
    );
    expect(statusOf(await raw(port, request(path)))).toBe(200);
  });

  test('reports a malformed request target as such, and fails at none', async () => {
    const { port } = await start();
    for (const target of MALFORMED) expect(statusOf(await raw(port, request(target))), target).toBe(400);
    await fc.assert(
      fc.asyncProperty(
        targets.filter((target) => !target.includes('news')),
        fc.constantFrom('GET', 'POST', 'HEAD'),
        async (target, method) => {
          expect([200, 400, 403, 404, 405]).toContain(statusOf(await raw(port, request(target, method))));
        },
      ),
      { numRuns: 150 },
    );
  });
});
