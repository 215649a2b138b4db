/** Simulated gates: what the judge says to noise of a known kind and effects of a known size. Resumable, and the same every time. */

import { Random } from '../../../harness/evidence/stats/random.ts';
import { blockOrder, lettersOf } from '../../../harness/studies/compare/block-order.ts';
import { BLOCKING, gateOutcome, type JudgedBlock, type Tally, tallyOf } from './gate-outcome.ts';
import { appendLine, readLines } from './lines.ts';
import { type NoiseModel, noiseModels, noiseOf } from './noise.ts';

const FILE = 'simulated.ndjson';
const GATES = 3_000;
/** Kept one by one, so that not much is lost. */
const GATES_A_PIECE = 1_000;
const RUNS_A_BLOCK = 4;
const MOST_BLOCKS = 24;
/** The metric that an effect is planted in. */
const PLANTED_METRIC = 'cpu.serverPerMessage';

/** `margin`: every blocking metric is worse by exactly its margin, the most that is still no regression. */
export const SIMULATED_EFFECTS = ['nothing', 'margin', '+5%', '+10%', '+15%', '+20%'] as const;
export type SimulatedEffect = (typeof SIMULATED_EFFECTS)[number];

export interface SimulatedPiece extends Tally {
  readonly model: NoiseModel;
  readonly effect: SimulatedEffect;
  readonly piece: number;
}

export function readSimulated(): SimulatedPiece[] {
  return readLines(FILE) as SimulatedPiece[];
}

/** Simulates the pieces that are missing. */
export function simulate(signal: AbortSignal): void {
  const done = new Set(readSimulated().map(({ model, effect, piece }) => `${model} ${effect} ${piece}`));
  for (const model of Object.keys(noiseModels) as NoiseModel[]) {
    for (const effect of SIMULATED_EFFECTS) {
      for (let piece = 0; piece < GATES / GATES_A_PIECE; piece++) {
        if (done.has(`${model} ${effect} ${piece}`)) continue;
        if (signal.aborted) return;
        appendLine(FILE, { model, effect, piece, ...simulatedPiece(model, effect, piece, GATES_A_PIECE) });
      }
      console.log(`simulated: ${model}, ${effect}`);
    }
  }
}

export function simulatedPiece(model: NoiseModel, effect: SimulatedEffect, piece: number, gates: number): Tally {
  return tallyOf(
    Array.from({ length: gates }, (_, index) => {
      const blocks = simulatedBlocks(model, effect, piece * GATES_A_PIECE + index);
      return gateOutcome((count) => blocks.slice(0, count));
    }),
  );
}

/** A gate's blocks. Each metric has noise of its own: what shook all of them alike would make fewer chances of a false alarm, not more. */
function simulatedBlocks(model: NoiseModel, effect: SimulatedEffect, gate: number): JudgedBlock[] {
  const noise = BLOCKING.map((_, index) => noiseOf(model, MOST_BLOCKS * RUNS_A_BLOCK, new Random(gate, model, index)));
  return Array.from({ length: MOST_BLOCKS }, (_, block) => ({
    runs: lettersOf(blockOrder(gate, block)).map((letter, place) => {
      const values = BLOCKING.map(({ metric, margin }, index) => {
        const log = noise[index]?.[block * RUNS_A_BLOCK + place] as number;
        return [metric, Math.exp(log) * (letter === 'B' ? 1 + effectOn(metric, margin, effect) : 1)] as const;
      });
      return { letter, values: Object.fromEntries(values) } as JudgedBlock['runs'][number];
    }),
  }));
}

function effectOn(metric: string, margin: number, effect: SimulatedEffect): number {
  if (effect === 'nothing') return 0;
  if (effect === 'margin') return margin;
  return metric === PLANTED_METRIC ? Number.parseFloat(effect) / 100 : 0;
}
