/** One run of the compared scenario, with something planted or nothing, as a line of the recording. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../../harness/result/result.ts';
import { catalogue } from '../../../harness/run/catalogue.ts';
import { runScenario } from '../../../harness/run/conductor.ts';
import { loadScenario } from '../../../harness/scenario/load-scenario.ts';
import { metrics } from '../../../harness/scenario/metrics.ts';
import { planScenario } from '../../../harness/scenario/plan-scenario.ts';
import { describeProblem } from '../../../harness/scenario/problem.ts';
import type { RecordedRun } from './recording.ts';

export const SCENARIO = 'compare';
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

export type Measured = Pick<RecordedRun, 'at' | 'wallMs' | 'values' | 'lagP99Us' | 'steal' | 'pressure' | 'invalid'>;

/** Plays it once in a folder that is removed afterwards. @throws what a run throws that cannot be played. */
export async function play(
  planted: Readonly<Record<string, number>> | null,
  seed: number,
  signal: AbortSignal,
): Promise<Measured> {
  const loaded = await loadScenario(SCENARIO);
  const overrides = planted === null ? [] : [`target.planted=${JSON.stringify(planted)}`];
  const planned = loaded.ok ? planScenario(loaded.source, { catalogue, overrides, seed, drawnSeed: seed }) : loaded;
  if (!planned.ok) throw new Error(planned.problems.map(describeProblem).join('\n'));
  const outDir = join('runs', `bench-gate-power-${process.pid}`);
  const stalledUs = cpuStalledUs();
  const began = performance.now();
  try {
    const { result } = await runScenario(planned.plan, { outDir, signal, progress: () => undefined });
    const wallMs = performance.now() - began;
    const stalled = cpuStalledUs();
    const pressure = stalled === null || stalledUs === null ? null : (stalled - stalledUs) / (wallMs * 1_000);
    return measuredOf(result, wallMs, pressure);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

function measuredOf(result: Result, wallMs: number, pressure: number | null): Measured {
  const values = METRICS.map((name) => [name, rounded(metrics.get(name)?.read(result) ?? null)] as const);
  return {
    at: result.startedAt,
    wallMs: Math.round(wallMs),
    values: Object.fromEntries(values),
    lagP99Us: result.load.lagUs.p99,
    steal: rounded(result.environment.stealShare),
    pressure: rounded(pressure),
    ...(result.verdict === 'pass' ? {} : { invalid: [`${result.verdict}: ${result.reasons.join('; ')}`] }),
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(DIGITS));
}

/** Time in which something waited for a processor since the machine started; null where the kernel does not count it. */
function cpuStalledUs(): number | null {
  try {
    return Number(/^some .*total=(\d+)/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1]);
  } catch {
    return null;
  }
}
