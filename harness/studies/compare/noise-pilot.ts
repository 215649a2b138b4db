/** Plays blocks in which both sides are the same server: any difference is noise of the machine. */
import type { ComparisonBlock } from '../../evidence/result/comparison.ts';
import type { Plan } from '../../plan/scenario/plan.ts';
import type { Letter } from './block-order.ts';
import { VALIDITY } from './block-validity.ts';
import { playBlock } from './play-block.ts';

/** Blocks that may be invalid, in addition to those that are wanted. */
const PATIENCE = 4;

export interface NoisePilotOptions {
  readonly plan: Plan;
  readonly seed: number;
  /** Number of valid blocks wanted. */
  readonly blocks: number;
  /** Names of what is measured. */
  readonly metrics: readonly string[];
  /** Folder for the runs; the caller removes it. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onRun: (progress: { readonly valid: number; readonly run: number; readonly letter: Letter }) => void;
  readonly onInvalid: (reasons: readonly string[]) => void;
}

export interface NoisePilot {
  readonly valid: readonly ComparisonBlock[];
  readonly invalid: readonly ComparisonBlock[];
  /** Mean time of a valid block. */
  readonly blockMs: number;
}

/** There are fewer valid blocks than wanted if the machine spoils too many. @throws what a run throws; the signal's reason when aborted. */
export async function playNoisePilot(options: NoisePilotOptions): Promise<NoisePilot> {
  const { plan, seed, blocks, metrics, folder, signal, onRun, onInvalid } = options;
  const side = { label: 'the same server', plan, source: null };
  const valid: ComparisonBlock[] = [];
  const invalid: ComparisonBlock[] = [];
  let tookMs = 0;
  for (let index = 0; valid.length < blocks && invalid.length <= PATIENCE; index++) {
    const played = await playBlock({
      sides: { a: side, b: side },
      seed,
      index,
      validity: VALIDITY,
      metrics,
      folder,
      signal,
      onRun: (run, letter) => onRun({ valid: valid.length, run, letter }),
      onNotice: () => undefined,
    });
    if (played.block.invalid.length > 0) {
      invalid.push(played.block);
      onInvalid(played.block.invalid);
    } else {
      valid.push(played.block);
      tookMs += played.tookMs;
    }
  }
  return { valid, invalid, blockMs: valid.length === 0 ? 0 : tookMs / valid.length };
}
