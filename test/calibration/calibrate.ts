/**
 * A short run of the whole harness against the calibrated server: what it is told to do goes in, the Result comes out.
 *
 * The generator's own limits are wide here: a busy machine must not turn a calibration into an invalid run, and each test allows
 * for the lag that the generator reports of itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../harness/evidence/result/result.ts';
import { planScenario } from '../../harness/plan/scenario/plan-scenario.ts';
import { describeProblem } from '../../harness/plan/scenario/problem.ts';
import { placeInFile } from '../../harness/plan/scenario/source.ts';
import { catalogue } from '../../harness/run/conductor/catalogue.ts';
import { runScenario } from '../../harness/run/conductor/conductor.ts';

export interface Calibration {
  /** Settings of targets/calibrated. */
  readonly server: Readonly<Record<string, unknown>>;
  readonly users?: number;
  readonly load?: Readonly<Record<string, unknown>>;
  readonly faults?: readonly Readonly<Record<string, unknown>>[];
  /** How long to wait for the drain, like 2s. */
  readonly drain?: string;
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly memory?: Readonly<Record<string, unknown>>;
}

/** 40 users, 3 contacts each, 200 messages a second at a constant rate, for three seconds unless told otherwise. */
export function scenarioOf({
  server,
  users,
  load,
  faults,
  expect,
  drain,
  memory,
}: Calibration): Readonly<Record<string, unknown>> {
  return {
    name: 'calibration',
    target: { use: 'calibrated', durability: 'memory', ...server },
    users: users ?? 40,
    load: { model: 'constant', rate: '200/s', payload: '64B', duration: '3s', contacts: 3, workers: 1, ...load },
    ...(faults === undefined ? {} : { faults }),
    ...(memory === undefined ? {} : { memory }),
    expect: expect ?? { delivery: 'intact' },
    limits: { lag: '10s', drain: drain ?? '10s' },
  };
}

/** Plays it and gives the Result; nothing is left behind. */
export async function calibrate(calibration: Calibration): Promise<Result> {
  const outcome = planScenario(
    {
      given: 'calibration',
      file: 'calibration',
      sha256: '0'.repeat(64),
      summary: '',
      data: scenarioOf(calibration),
      locate: (path) => placeInFile('calibration', path),
    },
    { catalogue, overrides: [], seed: 11 },
  );
  if (!outcome.ok) throw new Error(outcome.problems.map(describeProblem).join('\n'));
  const folder = mkdtempSync(join(tmpdir(), 'letitcrash-calibration-'));
  try {
    const { result } = await runScenario(outcome.plan, {
      outDir: join(folder, 'run'),
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
