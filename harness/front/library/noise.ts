/** How much a machine scatters: a server against itself, and how many blocks and minutes a margin needs here. */
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_SEED } from '../../plan/scenario/schema.ts';
import { DEFAULT_METRICS } from '../../studies/compare/compared-metrics.ts';
import { ALPHA } from '../../studies/compare/looks.ts';
import { type Noise, noiseOf } from '../../studies/compare/noise.ts';
import type { NoisePilot, NoisePilotOptions } from '../../studies/compare/noise-pilot.ts';
import { type PlanOptions, plan } from './plan.ts';

export { MAX_BLOCKS } from '../../studies/compare/looks.ts';
export type { Noise, NoisePilot };

/** Few blocks, because this is a look and not a comparison; the deviation is then known within a factor of two. */
export const NOISE_BLOCKS = 6;
/** Fewer blocks say nothing. */
export const LEAST_BLOCKS = 3;

export interface NoiseOptions extends PlanOptions, Pick<NoisePilotOptions, 'blocks' | 'signal' | 'onRun' | 'onInvalid'> {
  /** A share for all metrics; null leaves each its own. */
  readonly margin: number | null;
}

export interface NoiseOutcome {
  /** Name of the scenario that was played. */
  readonly scenario: string;
  readonly seed: number;
  readonly noise: Noise;
  readonly pilot: NoisePilot;
  /** Whether so many blocks were valid that they say anything. */
  readonly enough: boolean;
}

/** Plays a scenario against itself. Nothing is kept of the runs. @throws as `run` does. */
export async function measureNoise(scenario: string, options: NoiseOptions): Promise<NoiseOutcome> {
  const { set, seed = randomInt(MAX_SEED + 1), margin, ...playing } = options;
  const planned = await plan(scenario, { set, seed });
  const folder = await mkdtemp(join(tmpdir(), 'letitcrash-noise-'));
  try {
    // Loaded only now, because everything else of the doctor needs no generator.
    const { playNoisePilot } = await import('../../studies/compare/noise-pilot.ts');
    const metrics = DEFAULT_METRICS.map(({ metric }) => metric);
    const pilot = await playNoisePilot({ ...playing, plan: planned, seed, metrics, folder });
    const noise = noiseOf(pilot.valid, DEFAULT_METRICS, { margin, alpha: ALPHA, blockMs: pilot.blockMs });
    return { scenario: planned.scenario.name, seed, noise, pilot, enough: pilot.valid.length >= LEAST_BLOCKS };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
