/** Plays a block: four runs in the order of its letters, each with a fresh server and fresh workers, all with the same load. */
import { join } from 'node:path';
import { readCpuPressureUs } from '../../evidence/measure/cpu-pressure.ts';
import { metrics, readForMany } from '../../evidence/metrics/metrics.ts';
import { accounted } from '../../evidence/result/accounted.ts';
import type { ComparisonBlock } from '../../evidence/result/comparison.ts';
import { driverViolations } from '../../evidence/result/driver-violations.ts';
import { otherRunsText } from '../../evidence/result/other-runs.ts';
import type { Result } from '../../evidence/result/result.ts';
import { hash32 } from '../../evidence/stats/random.ts';
import { runScenario } from '../../run/conductor/conductor.ts';
import type { ConductedRun } from '../../run/conductor/result/run-record.ts';
import { brokenProperties } from '../../run/conductor/result/verdict.ts';
import { blockOrder, type Letter, lettersOf } from './block-order.ts';
import { blockInvalidity, type ValidityLimits } from './block-validity.ts';
import type { ComparisonSides } from './comparison-sides.ts';
import { bucketsOf } from './latency-buckets.ts';
import type { PlayedBlock } from './played-block.ts';
import { steadyPart } from './steady-part.ts';

export interface BlockRequest {
  readonly sides: ComparisonSides;
  readonly seed: number;
  /** From 0; invalid blocks count too. */
  readonly index: number;
  readonly validity: ValidityLimits;
  /** Names of what is kept of each run. */
  readonly metrics: readonly string[];
  /** Folder of the comparison, in which the runs' folders are made. */
  readonly folder: string;
  readonly signal: AbortSignal;
  /** A run begins; `run` is counted from 1. */
  readonly onRun: (run: number, letter: Letter) => void;
  readonly onNotice: (message: string) => void;
}

type BlockRun = ComparisonBlock['runs'][number];

/**
 * Stops after an invalid run, because the block is then invalid too.
 * @throws RunError and whatever else a run throws that could not take place; the signal's reason when aborted.
 */
export async function playBlock(request: BlockRequest): Promise<PlayedBlock> {
  const { seed, index, onRun } = request;
  const order = blockOrder(seed, index);
  const began = performance.now();
  const runs: BlockRun[] = [];
  const kept: PlayedBlock['runs'] = [];
  const targets: PlayedBlock['targets'] = { a: null, b: null };
  const spoilt: string[] = [];
  for (const [at, letter] of lettersOf(order).entries()) {
    onRun(at + 1, letter);
    const played = await playRun(request, at + 1, letter);
    runs.push(played.run);
    kept.push(played.kept);
    targets[letter === 'A' ? 'a' : 'b'] = played.target;
    spoilt.push(...played.invalid.map((reason) => `run ${at + 1} (${letter}): ${reason}`));
    if (spoilt.length > 0) break;
  }
  const block: ComparisonBlock = { order, invalid: [...blockInvalidity(runs, spoilt, request.validity)], runs };
  return { kind: 'block', block, tookMs: performance.now() - began, runs: kept, targets };
}

interface PlayedRun {
  readonly run: BlockRun;
  readonly kept: PlayedBlock['runs'][number];
  readonly target: Result['target'];
  readonly invalid: readonly string[];
}

async function playRun(request: BlockRequest, number: number, letter: Letter): Promise<PlayedRun> {
  const { sides, seed, index, folder, signal, onNotice } = request;
  const side = letter === 'A' ? sides.a : sides.b;
  const began = performance.now();
  const pressureBefore = await readCpuPressureUs();
  const finished = await runScenario(
    // The runs of a block have the same load, so that a difference is not the luck of the draw; blocks differ.
    { ...side.plan, seed: hash32(seed, BLOCK_SEED, index) },
    {
      outDir: join(folder, 'runs', `${String(index + 1).padStart(3, '0')}-${number}-${letter}`),
      signal,
      progress: (event) => {
        if (event.kind === 'warning') onNotice(`block ${index + 1}, run ${number} (${letter}): ${event.message}`);
      },
      ...(side.target === undefined ? {} : { target: side.target }),
    },
  );
  const pressureAfter = await readCpuPressureUs();
  const tookMs = performance.now() - began;
  const waitedMs = pressureBefore === null || pressureAfter === null ? null : (pressureAfter - pressureBefore) / 1000;
  return readRun(finished, letter, waitedMs === null ? null : Math.min(1, waitedMs / tookMs), request.metrics);
}

/** Mixed into the seed, for the loads of the blocks. */
const BLOCK_SEED = 0x626c6f63;

/** What is kept of a run. `cpuPressure` is a share of its time. */
function readRun(
  { result, record }: ConductedRun,
  letter: Letter,
  cpuPressure: number | null,
  names: readonly string[],
): PlayedRun {
  // Requests alone have no messages from which a steady part could be taken.
  const {
    warmUpMs,
    result: steady,
    responseUs,
  } = record === null ? { warmUpMs: 0, result, responseUs: [] } : steadyPart(result, record);
  return {
    run: {
      letter,
      startedAt: result.startedAt,
      durationMs: result.durationMs ?? 0,
      warmUpMs,
      values: Object.fromEntries(
        names.map((name) => {
          const metric = metrics.get(name);
          return [name, metric === undefined ? null : readForMany(metric, steady)];
        }),
      ),
      lagP99Us: result.load.lagUs?.p99 ?? null,
      stealShare: result.environment.stealShare,
      cpuPressure,
    },
    kept: {
      response: result.load.valid !== false ? bucketsOf(responseUs).map(([bucket, count]) => [bucket, count]) : [],
      broken: brokenBy(result, record?.plan.deliveryMustBeIntact === true),
    },
    target: result.target,
    invalid: invalidityOf(result),
  };
}

/** What a driver's mistake did to messages does not mean that its server broke a promise. */
function brokenBy(result: Result, mustBeIntact: boolean): string[] {
  const delivery = accounted(result);
  return mustBeIntact && delivery !== null && driverViolations(result).length === 0 ? [...brokenProperties(delivery)] : [];
}

/** A run that failed its scenario's limits, or lost a message, is evidence nevertheless. */
function invalidityOf({ verdict, reasons, aborted, load, environment }: Result): readonly string[] {
  const beside = otherRunsText(environment);
  if (beside !== null) return [beside];
  if (verdict === 'invalid' || verdict === 'unknown') return reasons;
  if (aborted !== null) return [`it was aborted: ${aborted.condition}`];
  return load.valid === false ? ['the generator could not keep up'] : [];
}
