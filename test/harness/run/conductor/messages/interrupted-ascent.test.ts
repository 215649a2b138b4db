/** A run that is interrupted while its users connect: nothing was sent, and what was read of the server's memory by then is kept. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { plan } from '../../../../../harness/front/library/plan.ts';
import { runScenario } from '../../../../../harness/run/conductor/conductor.ts';
import { htmlReport } from '../../../../../reports/html/report.ts';
import { markdownSummary } from '../../../../../reports/markdown.ts';
import { terminalSummary } from '../../../../../reports/terminal.ts';
import { calibrated } from '../../../../../targets/calibrated/target.ts';
import type { Target } from '../../../../../targets/target.ts';

const SCENARIO = {
  name: 'mine',
  target: { use: 'calibrated', durability: 'memory' as const },
  users: 200,
  load: { rate: '50/s', duration: '60s', warmUp: '0s' },
  memory: { plateaus: 3 },
  faults: [{ at: '10s', kind: 'kill-node', for: '1s' }],
  limits: { lag: '20s' },
};

/** The server of the run, which tells `asked` how many connections it has whenever its memory is read. */
function watchedTarget(asked: (connections: number) => void): Target {
  return {
    ...calibrated,
    async start(spec) {
      const deployment = await calibrated.start(spec);
      for (const node of deployment.nodes) {
        const introspect = node.introspect.bind(node);
        node.introspect = async (options) => {
          const answer = await introspect(options);
          if (options?.collectGarbage === true && answer !== null) asked(answer.connections);
          return answer;
        };
      }
      return deployment;
    },
  };
}

async function interruptedAt(connections: number) {
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-ascent-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const interrupt = new AbortController();
  const outDir = join(folder, 'run');
  const played = runScenario(await plan(SCENARIO), {
    outDir,
    signal: new AbortController().signal,
    interrupt: interrupt.signal,
    progress: () => undefined,
    target: watchedTarget((now) => {
      if (now === connections) interrupt.abort('SIGINT');
    }),
  });
  return { played, outDir };
}

test('an interrupted ascent keeps its readings, in a result that is unknown and invents nothing about the load', async () => {
  const { played, outDir } = await interruptedAt(100);
  const { result } = await played;
  expect(result).toMatchObject({
    verdict: 'unknown',
    interrupted: { by: 'SIGINT', phase: 'load', atMs: 0, plannedMs: 60_000 },
    reasons: [
      expect.stringContaining('before any of the 60.0 s of load'),
      'the run ended before the fault kill-node-1, which was due after 10.0 s',
    ],
    load: { offered: 0, sent: 0, ratePerSecond: null, ackedPerSecond: null, lagUs: null, valid: null },
    latency: { response: null, service: null, lag: null, delivery: null },
    faults: [{ kind: 'kill-node', struck: false, evidence: ['not injected: the run was ended early'] }],
    cpu: { nodes: [], workers: null, serverUsPerMessage: null },
    memory: { perConnection: null, plateaus: [{ connections: 0, pssBytes: expect.any(Number) }] },
  });
  expect(result.timeline.sent).toEqual([]);
  expect(existsSync(join(outDir, 'result.json'))).toBe(true);
  const texts = [
    terminalSummary(result, { colour: false, width: 200, reportPath: null }),
    markdownSummary(result),
    htmlReport(result).replaceAll('\u00a0', ' '),
  ];
  for (const text of texts) {
    expect(text).toMatch(/interrupted by SIGINT before any of the 60\.0 s of load/i);
    expect(text).not.toMatch(/lag p99 (?:0|NaN)|no faults|the drain gave up:|left when the drain gave up|its time was over/i);
  }
});

test('an ascent that is interrupted before its first reading keeps nothing, not even a folder', async () => {
  const { played, outDir } = await interruptedAt(0);
  await expect(played).rejects.toMatchObject({ code: 'interrupted' });
  expect(existsSync(outDir)).toBe(false);
});
