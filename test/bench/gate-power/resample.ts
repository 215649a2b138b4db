/**
 * Gates put together from recorded blocks. Each takes its blocks in stretches of neighbours, drawn with replacement from the whole
 * recording (circular block bootstrap: Politis and Romano, 1992), so that what goes on from block to block is kept; no run is ever
 * torn out of its block. Resumable, and the same every time.
 */

import { Random } from '../../../harness/evidence/stats/random.ts';
import { blockInvalidity } from '../../../harness/studies/compare/block-validity.ts';
import { plannedLooks } from '../../../harness/studies/compare/looks.ts';
import { type Arm, EFFECTS } from './arms.ts';
import { BLOCKING, gateOutcome, type JudgedBlock, LOOKS, type Tally, tallyOf } from './gate-outcome.ts';
import { appendLine, readLines } from './lines.ts';
import { blocksOf, type RecordedBlock, type RecordedRun, readRecording } from './recording.ts';

const FILE = 'resampled.ndjson';
const GATES = 1_000;
/** Where each one found is a false alarm, and few are. */
const MARGIN_GATES = 4_000;
/** Each takes several times as long. */
const LONG_GATES = 100;
/** There are many shifts, which only say from which size on something is found. */
const SHIFT_GATES = 100;
/** Neighbours that stay together: what a gate plays between two looks. */
const STRETCH = 6;
/** A gate that is given more of a pipeline's 25 minutes: `--blocks 48`. */
export const LONG_BLOCKS = 48;
const LONG_LOOKS = plannedLooks(LONG_BLOCKS);
/** Worsenings that are multiplied into the recorded values of A', to see from which size on they are found; shares. */
const SHIFTS = [0.02, 0.05, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5];

/** What B is: an arm; or A' with every blocking metric worse by its margin; or A' with one metric worse by a share. `long`: `LONG_BLOCKS`. */
export type Resampled =
  | { readonly kind: 'arm'; readonly arm: Arm; readonly long?: true }
  | { readonly kind: 'margin'; readonly long?: true }
  | { readonly kind: 'shift'; readonly metric: string; readonly share: number };

export interface ResampledLine extends Tally {
  readonly what: Resampled;
  /** Valid blocks that were drawn from, and those recorded. */
  readonly valid: number;
  readonly recorded: number;
  /** Runs recorded when this was computed: more, and it is computed again. */
  readonly runs: number;
}

export function readResampled(): ResampledLine[] {
  return readLines(FILE) as ResampledLine[];
}

/** Everything that is resampled, in the order of the report. */
export const RESAMPLED: readonly Resampled[] = [
  { kind: 'arm', arm: "A'" },
  { kind: 'margin' },
  ...EFFECTS.map((arm) => ({ kind: 'arm', arm }) as const),
  { kind: 'arm', arm: "A'", long: true },
  { kind: 'margin', long: true },
  ...EFFECTS.map((arm) => ({ kind: 'arm', arm, long: true }) as const),
  ...BLOCKING.flatMap(({ metric }) => SHIFTS.map((share) => ({ kind: 'shift', metric, share }) as const)),
];

export function resample(signal: AbortSignal): void {
  const recording = readRecording();
  const blocks = blocksOf(recording);
  const runs = recording.runs.length;
  const done = new Set(readResampled().flatMap((line) => (line.runs === runs ? [JSON.stringify(line.what)] : [])));
  for (const what of RESAMPLED) {
    if (signal.aborted) return;
    if (done.has(JSON.stringify(what))) continue;
    const evidence = evidenceFor(blocks, what);
    if (evidence.valid.length === 0) continue;
    const tally = tallyOf(Array.from({ length: gatesOf(what) }, (_, gate) => resampledGate(evidence.valid, what, gate)));
    appendLine(FILE, { what, valid: evidence.valid.length, recorded: evidence.recorded, runs, ...tally });
    console.log(`resampled: ${JSON.stringify(what)}: ${tally.regressed} of ${tally.gates} regressed`);
  }
}

function gatesOf(what: Resampled): number {
  if (isLong(what)) return LONG_GATES;
  return { arm: GATES, margin: MARGIN_GATES, shift: SHIFT_GATES }[what.kind];
}

export interface Evidence {
  readonly valid: readonly JudgedBlock[];
  readonly recorded: number;
}

/** The recorded blocks as a gate of A and what is compared with it would have them; a block that a gate would leave out is left out. */
export function evidenceFor(blocks: readonly RecordedBlock[], what: Resampled): Evidence {
  const arm = what.kind === 'arm' ? what.arm : "A'";
  const pairs = blocks
    .map(({ runs }) => runs.filter((run) => run.arm === 'A' || run.arm === arm))
    .filter(({ length }) => length === 4);
  return { valid: pairs.filter(isValid).map((runs) => ({ runs: runs.map(asJudged) })), recorded: pairs.length };
}

function isValid(runs: readonly RecordedRun[]): boolean {
  const reasons = runs.flatMap(({ invalid }) => invalid ?? []);
  return blockInvalidity(runs.map(asJudged), reasons).length === 0;
}

function asJudged({ arm, at, wallMs, values, lagP99Us, steal, pressure }: RecordedRun): JudgedBlock['runs'][number] {
  const letter = arm === 'A' ? 'A' : 'B';
  return { letter, startedAt: at, durationMs: wallMs, warmUpMs: 0, values, lagP99Us, stealShare: steal, cpuPressure: pressure };
}

function resampledGate(blocks: readonly JudgedBlock[], what: Resampled, gate: number): ReturnType<typeof gateOutcome> {
  const random = new Random(gate, 'resample', 0);
  const drawn: JudgedBlock[] = [];
  const looks = isLong(what) ? LONG_LOOKS : LOOKS;
  while (drawn.length < (looks.at(-1)?.blocks ?? 0)) {
    const from = random.below(blocks.length);
    for (let next = 0; next < STRETCH; next++) drawn.push(blocks[(from + next) % blocks.length] as JudgedBlock);
  }
  const same = what.kind !== 'arm' || what.arm === "A'";
  // A and A' are the same server: which of them is called A is a coin's for each pair, as its order is in a gate.
  const blocksNow = same ? drawn.map((block) => worsened(named(block, random), what)) : drawn;
  return gateOutcome((count) => blocksNow.slice(0, count), looks);
}

export function isLong(what: Resampled): boolean {
  return what.kind !== 'shift' && what.long === true;
}

function named({ runs }: JudgedBlock, random: Random): JudgedBlock {
  const swapped = [random.below(2) === 0, random.below(2) === 0];
  return {
    runs: runs.map((run, place) =>
      swapped[Math.floor(place / 2)] === true ? { ...run, letter: run.letter === 'A' ? 'B' : 'A' } : run,
    ),
  };
}

function worsened(block: JudgedBlock, what: Resampled): JudgedBlock {
  if (what.kind === 'arm') return block;
  const factors = BLOCKING.map(({ metric, margin }) => {
    const share = what.kind === 'margin' ? margin : what.metric === metric ? what.share : 0;
    return [metric, 1 + share] as const;
  });
  return {
    runs: block.runs.map((run) => {
      if (run.letter === 'A') return run;
      const values = { ...run.values };
      for (const [metric, factor] of factors) values[metric] = values[metric] == null ? null : values[metric] * factor;
      return { ...run, values };
    }),
  };
}
