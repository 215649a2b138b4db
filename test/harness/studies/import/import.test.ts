/** Output of k6 and autocannon as Results that every report can show. */
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resultSchema } from '../../../../harness/evidence/result/result.ts';
import { importOutput } from '../../../../harness/front/library/import.ts';
import type { K6Summary } from '../../../../harness/run/drivers/k6/k6-metric.ts';
import { k6Run } from '../../../../harness/run/drivers/k6/k6-run.ts';
import { readK6Summary } from '../../../../harness/run/drivers/k6/k6-summary.ts';
import { historyEntry } from '../../../../harness/studies/history/entry.ts';
import { markdownSummary } from '../../../../reports/markdown.ts';
import { terminalSummary } from '../../../../reports/terminal.ts';
import { exportedSummary, handledSummary } from './k6-summaries.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letitcrash-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function summary(document: unknown): K6Summary {
  const read = readK6Summary(document);
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

async function file(name: string, document: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
}

describe('a summary of k6', () => {
  test('gives its requests, its latency in microseconds and its thresholds as checks', () => {
    const run = k6Run(summary(handledSummary()));
    expect(run.http).toMatchObject({
      sent: 1_000,
      ok: 990,
      answered: null,
      connections: null,
      answeredPerSecond: null,
      latency: { count: 1_000, minUs: 1_500, p50Us: 10_000, p95Us: 30_000, p99Us: 90_000, p999Us: 200_000, maxUs: 300_000 },
    });
    expect(run.latency.service).toMatchObject({ p90Us: 20_000, p99Us: 90_000 });
    expect(run.checks).toEqual([
      { name: 'http_req_failed: rate<0.05', pass: true, actual: 0.01, limit: 0.05, unit: 'share' },
      { name: 'http_req_duration: p(95)<25', pass: false, actual: 30_000, limit: 25_000, unit: 'us' },
    ]);
    expect(run).toMatchObject({ durationMs: 10_000, invalidity: [], load: { loop: null, users: 7, connections: null } });
  });

  test('says the same in its flat form, in which a threshold is true if it failed', () => {
    const [whole, flat] = [k6Run(summary(handledSummary())), k6Run(summary(exportedSummary()))];
    expect(flat.checks).toEqual(whole.checks);
    expect(flat.durationMs).toBe(10_000);
    expect(flat.http).toMatchObject({ sent: 1_000, ok: 990, bytes: 50_000, latency: { p50Us: 10_000, p95Us: 30_000 } });
  });

  test('has no p99 if k6 was not asked for it, and says how to ask', () => {
    const { http, latency, measuredBy } = k6Run(summary(exportedSummary()));
    expect(http?.latency).toMatchObject({ p99Us: null, p999Us: null });
    expect(latency.service).toMatchObject({ p50Us: 10_000, p90Us: 20_000, p99Us: null });
    expect(measuredBy.caveats.join()).toContain('Without p(99), p(99.9): k6 gives them with --summary-trend-stats');
  });

  test('counts good answers as acknowledged, and reports nothing about scripts that neither send requests nor are ours', () => {
    const given = handledSummary();
    expect(k6Run(summary(given)).load).toMatchObject({ ratePerSecond: 100, ackedPerSecond: 99 });
    const { vus_max } = given.metrics;
    const sockets = { type: 'counter', contains: 'default', values: { count: 500, rate: 50 } };
    const other = k6Run(summary({ ...given, metrics: { vus_max, ws_msgs_sent: sockets } }));
    expect(other.load).toMatchObject({ ratePerSecond: 50, ackedPerSecond: null });
  });

  test('is invalid if k6 dropped iterations', () => {
    const given = handledSummary();
    given.metrics.dropped_iterations = { type: 'counter', contains: 'default', values: { count: 12, rate: 1.2 } };
    expect(k6Run(summary(given)).invalidity).toEqual([expect.stringContaining('dropped 12 iterations')]);
  });

  test.each([
    ['a text', 'k6 says: hello'],
    ['JSON of something else', { hello: 1 }],
    ['no metric', { metrics: {} }],
  ])('is refused for %s, with the remedy', (_what, document) => {
    const read = readK6Summary(document);
    expect(read).toMatchObject({ problem: expect.any(String), remedy: expect.stringContaining('--summary-export') });
  });
});

describe('an import', () => {
  test('makes a run folder whose reports show what k6 cannot', async () => {
    const given = await file('Checkout Load.json', handledSummary());
    const at = new Date('2026-03-01T12:00:10Z');
    await utimes(given, at, at);
    const { result, runDir } = await importOutput('k6', given, { outDir: join(folder, 'run'), target: 'shop' });
    expect(result).toMatchObject({
      verdict: 'fail',
      reasons: [expect.stringContaining('http_req_duration: p(95)<25')],
      scenario: { name: 'checkout-load' },
      startedAt: '2026-03-01T12:00:00.000Z',
      target: { name: 'shop' },
      environment: { cpu: 'unknown' },
      load: { driver: 'k6' },
    });
    expect(resultSchema.parse(JSON.parse(await readFile(join(runDir, 'result.json'), 'utf8')))).toEqual(result);
    expect((await readdir(runDir)).sort()).toEqual(['junit.xml', 'k6.json', 'report.html', 'result.json', 'summary.md']);
    const html = await readFile(join(runDir, 'report.html'), 'utf8');
    for (const page of [html, markdownSummary(result)]) {
      expect(page).toContain('Measured by k6');
      expect(page).toContain('keeps no ledger');
      expect(page).not.toContain('none lost');
    }
    expect(terminalSummary(result, { colour: false, width: 80, reportPath: null })).toContain('k6 keeps no ledger');
  });

  test('has a place in the history of the machine it was made on', async () => {
    const { result } = await importOutput('k6', await file('k6.json', handledSummary()), {
      outDir: join(folder, 'here'),
      here: true,
    });
    expect(result.environment.cores).toBeGreaterThan(0);
    expect(historyEntry(result, null)).toMatchObject({ setup: { scenario: 'k6', driver: 'k6' }, values: { 'http.p99': 90_000 } });
  });

  test('of a file that does not exist, or of the other tool, is refused, and the message says what would be right', async () => {
    await expect(importOutput('k6', join(folder, 'none.json'))).rejects.toThrow(
      'there is no such file\n  give the file that k6 wrote',
    );
    await expect(importOutput('autocannon', await file('other.json', handledSummary()))).rejects.toThrow(
      'is not output of autocannon',
    );
  });
});
