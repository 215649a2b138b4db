/**
 * Plays a comparison: block after block, until a look has the answer or none can have it. README.md says how and why.
 *
 * In: two sides. Out: a Comparison, and its folder with comparison.json, blocks.ndjson and the folders of the runs.
 */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readEnvironment } from '../../evidence/measure/environment.ts';
import { machineFingerprint } from '../../evidence/measure/fingerprint.ts';
import type { Comparison } from '../../evidence/result/comparison.ts';
import { plural } from '../../evidence/result/format.ts';
import { documentText } from '../../evidence/result/printable.ts';
import { scenarioOfPlan } from '../../plan/scenario/scenario-of-plan.ts';
import { requireOfMachine } from '../../run/conductor/available-target.ts';
import { nodeRuntime } from '../../run/conductor/node-runtime.ts';
import { writeWhole } from '../../run/folder/run-folder.ts';
import { type BlockFile, openBlockFile } from './block-file.ts';
import { blockOrder } from './block-order.ts';
import { VALIDITY } from './block-validity.ts';
import { buildComparison } from './build-comparison.ts';
import { DEFAULT_METRICS } from './compared-metrics.ts';
import { writeRequest } from './comparison-request.ts';
import type { ComparisonOptions, ComparisonSide, ComparisonSides } from './comparison-sides.ts';
import { type Course, courseOf, validBlocks } from './course.ts';
import { COMPARISON_FILE } from './finished-comparison.ts';
import { plannedLooks } from './looks.ts';
import { playBlock } from './play-block.ts';
import type { PlayedBlock } from './played-block.ts';

/**
 * Runs to the end, or resumes what is in the folder.
 * @throws RunError if a side cannot run here, or if the folder belongs to another comparison; the signal's reason when aborted before the
 * first block was complete. After that, the existing blocks make a comparison that says it was interrupted.
 */
export async function runComparison(sides: ComparisonSides, options: ComparisonOptions): Promise<Comparison> {
  const { seed, outDir, signal, progress } = options;
  signal.throwIfAborted();
  await requireOfMachine([...sides.a.plan.faults, ...sides.b.plan.faults]);
  await fetchRuntimes(sides, options);
  const planned = plannedLooks(options.blocks, options.alpha, options.alphaEquivalent);
  const measured = measuredMetrics(options);
  const file = await openBlockFile(outDir, {
    kind: 'comparison',
    coins: 'pairs',
    startedAt: new Date().toISOString(),
    seed,
    a: identityOf(sides.a),
    b: identityOf(sides.b),
    metrics: measured,
  });
  // Not earlier: a folder with the blocks of another comparison has that one's request.
  if (options.request !== null) await writeRequest(outDir, options.request);
  const played = [...file.blocks];
  if (played.length > 0)
    progress({
      kind: 'notice',
      message: `${plural(played.length, 'block')} ${played.length === 1 ? 'has' : 'have'} already been played`,
    });
  const beganMs = performance.now();
  const isOutOfTime = (): boolean => options.budgetMs !== null && performance.now() - beganMs >= options.budgetMs;
  // The machine may be quieter now.
  const forgiven = played.length - validBlocks(blocksOf(played)).length;
  const courseNow = (): Course => courseOf(blocksOf(played), options.metrics, planned, forgiven);
  let course = courseNow();
  while (course.end === null && !isOutOfTime()) {
    const index = played.length;
    const validSoFar = validBlocks(blocksOf(played)).length;
    const block = await playBlock({
      sides,
      seed,
      index,
      metrics: measured,
      validity: options.validity ?? VALIDITY,
      folder: outDir,
      signal,
      onRun: (run, letter) =>
        progress({
          kind: 'run',
          block: index + 1,
          order: blockOrder(seed, index),
          letter,
          run,
          validBlocks: validSoFar,
          plannedBlocks: options.blocks,
          elapsedMs: performance.now() - beganMs,
          leftMs: leftMs(played, options.blocks - validSoFar),
        }),
      onNotice: (message) => progress({ kind: 'notice', message }),
    }).catch((error: unknown) => {
      if (signal.aborted && played.length > 0) return null;
      throw error;
    });
    if (block === null) break;
    await keep(file, block, played);
    if (block.block.invalid.length > 0) progress({ kind: 'invalid', block: index + 1, reasons: block.block.invalid });
    const next = courseNow();
    tellLooks(course, next, progress);
    course = next;
  }
  const { loadAverage, openFilesLimit, stealShare, ...environment } = await readEnvironment(null);
  const comparison = buildComparison({
    sides,
    seed,
    metrics: options.metrics,
    planned,
    alpha: options.alpha,
    alphaEquivalent: options.alphaEquivalent,
    slo: options.slo,
    startedAt: file.startedAt,
    played,
    forgiven,
    outOfTime: course.end === null && !signal.aborted,
    interrupted: course.end === null && signal.aborted ? nameOf(signal.reason) : null,
    environment: { ...environment, fingerprint: machineFingerprint(environment) },
    reproduce: options.reproduce,
  });
  await writeWhole(join(outDir, COMPARISON_FILE), `${documentText(comparison)}\n`);
  return comparison;
}

/** The command line passes the name of a signal. */
function nameOf(reason: unknown): string {
  return typeof reason === 'string' ? reason : 'whoever played it';
}

/** Before the first run, which would otherwise wait for it. */
async function fetchRuntimes({ a, b }: ComparisonSides, { signal, progress }: ComparisonOptions): Promise<void> {
  for (const { plan } of [a, b]) await nodeRuntime(plan.target, signal, (message) => progress({ kind: 'notice', message }));
}

async function keep(file: BlockFile, block: PlayedBlock, played: PlayedBlock[]): Promise<void> {
  await file.append(block);
  played.push(block);
}

/** What is judged, what is limited, and what is worth keeping anyway. */
function measuredMetrics({ metrics, slo }: Pick<ComparisonOptions, 'metrics' | 'slo'>): string[] {
  return [...new Set([...metrics, ...DEFAULT_METRICS, ...slo].map(({ metric }) => metric))];
}

/** A side as a scenario, so that a folder is not resumed after a file has changed. */
function identityOf({ label, plan, source }: ComparisonSide): { label: string; plan: string } {
  const { seed: _, ...scenario } = scenarioOfPlan(plan);
  return {
    label,
    plan: createHash('sha256')
      .update(JSON.stringify([scenario, source]))
      .digest('hex'),
  };
}

function blocksOf(played: readonly PlayedBlock[]): PlayedBlock['block'][] {
  return played.map(({ block }) => block);
}

/** Estimated from the valid blocks so far. */
function leftMs(played: readonly PlayedBlock[], blocks: number): number | null {
  const valid = played.filter(({ block }) => block.invalid.length === 0);
  return valid.length === 0 ? null : (valid.reduce((sum, { tookMs }) => sum + tookMs, 0) / valid.length) * blocks;
}

function tellLooks(before: Course, now: Course, progress: ComparisonOptions['progress']): void {
  for (const { blocks, verdict } of now.looks.slice(before.looks.length)) progress({ kind: 'look', blocks, verdict });
}
