/** One run of the compared scenario, with something planted or nothing, as a line of the recording. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readCpuPressureUs } from '../../../harness/evidence/measure/cpu-pressure.ts';
import { metrics } from '../../../harness/evidence/metrics/metrics.ts';
import { loadScenario } from '../../../harness/plan/scenario/load-scenario.ts';
import { planScenario } from '../../../harness/plan/scenario/plan-scenario.ts';
import { describeProblem } from '../../../harness/plan/scenario/problem.ts';
import { catalogue } from '../../../harness/run/conductor/catalogue.ts';
import { runScenario } from '../../../harness/run/conductor/conductor.ts';
import type { ConductedRun } from '../../../harness/run/conductor/result/run-record.ts';
import { steadyPart } from '../../../harness/studies/compare/steady-part.ts';
import type { RecordedRun } from './recording.ts';

export const SCENARIO = 'compare';
/**
 * A gate's run, but for a second of connecting, warming up and loading, so that a thousand of them fit an hour. Shorter runs are noisier:
 * the power found is rather too small.
 */
export const OVERRIDES: readonly string[] = ['load.duration=1400ms', 'load.warmUp=200ms', 'load.connect=10000/s'];
/** What a gate could be told to compare: figures, each with a worse side. */
export const METRICS: readonly string[] = [
  'cpu.serverPerMessage',
  'memory.heapPerConnection',
  'memory.perConnection',
  'memory.peakNodes',
  'response.p50',
  'response.p90',
  'response.p99',
  'response.p99.9',
  'service.p50',
  'service.p99',
  'delivery.p50',
  'delivery.p99',
  'rate',
];
const DIGITS = 6;

export type Measured = Pick<
  RecordedRun,
  'at' | 'wallMs' | 'values' | 'lagP99Us' | 'generatorCpu' | 'serverCpuWholeUs' | 'steal' | 'pressure' | 'invalid'
>;

/** Plays it once in a folder that is removed afterwards. @throws what a run throws that cannot be played. */
export async function play(
  planted: Readonly<Record<string, number>> | null,
  seed: number,
  signal: AbortSignal,
): Promise<Measured> {
  const loaded = await loadScenario(SCENARIO);
  const overrides = [...OVERRIDES, ...(planted === null ? [] : [`target.planted=${JSON.stringify(planted)}`])];
  const planned = loaded.ok ? planScenario(loaded.source, { catalogue, overrides, seed, drawnSeed: seed }) : loaded;
  if (!planned.ok) throw new Error(planned.problems.map(describeProblem).join('\n'));
  const outDir = join('runs', `bench-gate-power-${process.pid}`);
  const waitedUs = await readCpuPressureUs();
  const began = performance.now();
  try {
    const finished = await runScenario(planned.plan, { outDir, signal, progress: () => undefined });
    const wallMs = performance.now() - began;
    const waitedNowUs = await readCpuPressureUs();
    const pressure = waitedNowUs === null || waitedUs === null ? null : Math.min(1, (waitedNowUs - waitedUs) / (wallMs * 1_000));
    return measuredOf(finished, wallMs, pressure);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** Without its warm-up, as a gate sees it. */
function measuredOf({ result, record }: ConductedRun, wallMs: number, pressure: number | null): Measured {
  if (record === null) throw new Error(`the scenario ${SCENARIO} sends no messages that could be followed`);
  const { result: steady } = steadyPart(result, record);
  return {
    at: result.startedAt,
    wallMs: Math.round(wallMs),
    values: Object.fromEntries(METRICS.map((name) => [name, rounded(metrics.get(name)?.read(steady) ?? null)])),
    lagP99Us: result.load.lagUs?.p99 ?? 0,
    generatorCpu: rounded(result.cpu.workers),
    serverCpuWholeUs: rounded(result.cpu.serverUsPerMessage),
    steal: rounded(result.environment.stealShare),
    pressure: rounded(pressure),
    ...(result.verdict === 'pass' ? {} : { invalid: [`${result.verdict}: ${result.reasons.join('; ')}`] }),
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(DIGITS));
}
